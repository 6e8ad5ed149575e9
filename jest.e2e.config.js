// The tests that need a real cluster: `make e2e`.
export default { roots: ['<rootDir>/build/test/cluster'], transform: {}, testTimeout: 600_000 };
