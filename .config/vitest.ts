import { defineConfig } from 'vitest/config';

// Workspaces resolve to their sources, so tests run without a build.
const conditions = ['@clickstream/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // A busy machine is slow, not wrong: these limits are for what hangs.
    expect: { poll: { timeout: 15_000 } },
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
