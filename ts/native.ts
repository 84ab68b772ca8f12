/** The only import of the addon; everything else goes through here. */
export * from '../addon.js';
