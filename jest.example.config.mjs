import config from './jest.config.mjs';

/** The example application in a real browser; it is built first, which takes both cores. */
export default {
  ...config,
  testMatch: ['<rootDir>/__test__/nextjs/*.spec.ts'],
  globalSetup: '<rootDir>/__test__/support/example-global-setup.mjs',
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 60_000,
  maxWorkers: 1,
};
