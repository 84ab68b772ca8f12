import nextJest from 'next/jest.js';

// Tests must not take jobs from an application that runs on the same Redis.
process.env.QUEUE_PREFIX = 'example-tests';

const withNext = nextJest({ dir: './' });

export default withNext({
  testEnvironment: 'node',
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  moduleNameMapper: { '^@/(.*)$': '<rootDir>/$1' },
  modulePathIgnorePatterns: ['<rootDir>/.next/'],
});
