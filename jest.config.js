// Tests run as compiled by tsc: no transform, ESM by --experimental-vm-modules.
export default {
  roots: ['<rootDir>/build/test'],
  testPathIgnorePatterns: ['<rootDir>/build/test/cluster/'],
  transform: {},
  // Most of them wait for servers most of the time.
  maxWorkers: 2,
  testTimeout: 60_000,
};
