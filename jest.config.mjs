/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/__test__/**/*.spec.ts'],
  // The example is built and run by itself: jest.example.config.mjs.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/__test__/nextjs/'],
  modulePathIgnorePatterns: ['<rootDir>/examples/'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json', 'node'],
  globalSetup: '<rootDir>/__test__/support/global-setup.mjs',
  globalTeardown: '<rootDir>/__test__/support/global-teardown.mjs',
  // Only what hangs comes near it, on a machine several times slower than a developer's as well.
  testTimeout: 60_000,
  // A native addon and its Redis connections per worker: two keep both cores busy without starving each other.
  maxWorkers: 2,
};
