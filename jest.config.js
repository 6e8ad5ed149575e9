// Tests run as compiled by tsc: no transform, ESM by --experimental-vm-modules.
export default {
  roots: ['<rootDir>/build/test'],
  testPathIgnorePatterns: ['<rootDir>/build/test/cluster/'],
  transform: {},
  testTimeout: 60_000,
};
