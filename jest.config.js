export default {
  testEnvironment: 'node',
  // A busy machine is no failing test; what must not take long is bounded by the product itself.
  testTimeout: 60_000,
  // Many tests wait for a process of their own: jest's default would leave a machine of two cores half idle.
  maxWorkers: '100%',
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } },
    ],
  },
};
