/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/__test__/**/*.spec.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json', 'node'],
  globalSetup: '<rootDir>/__test__/support/global-setup.ts',
  globalTeardown: '<rootDir>/__test__/support/global-teardown.ts',
  testTimeout: 20_000,
  // A native addon and its Redis connections per worker: two keep both cores busy without starving each other.
  maxWorkers: 2,
};
