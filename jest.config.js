import { availableParallelism } from 'node:os';

/** @type {import('jest').Config} */
export default {
  testEnvironment: '<rootDir>/test/support/jest-environment.js',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  // Node loads the tests and the sources by itself, once a process and not once a file: see the runner.
  testRunner: '<rootDir>/test/support/jest-test-runner.js',
  transform: {},
  // What the runner's loader does as well; here for `--onlyChanged` and the like.
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'],
    '^latchkey$': '<rootDir>/src/index.ts',
    '^latchkey/(graphql|grpc|testing|websockets)$': '<rootDir>/src/$1/index.ts',
  },
  // Tests wait for two fifths of their time, for processes, timers and sockets; servers and the browser work beside them.
  maxWorkers: Math.max(3, availableParallelism() - 1),
  // What the databases and servers of many files leave behind makes a process slower.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 60_000,
  testSequencer: '<rootDir>/test/support/longest-first.js',
  globalSetup: '<rootDir>/test/support/jest-global-setup.js',
  globalTeardown: '<rootDir>/test/support/jest-global-teardown.js',
  reporters: [
    'default',
    '<rootDir>/test/support/failures-reporter.js',
    '<rootDir>/test/support/skipped-services-reporter.js',
  ],
};
