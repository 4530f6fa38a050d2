import { defineConfig } from 'vitest/config';

/** Everything that needs no program besides Node. What needs more lives in `e2e/` with a configuration of its own. */
export default defineConfig({
  test: {
    include: [
      'packages/*/src/**/*.test.{ts,tsx}',
      'examples/**/*.test.ts',
      'bench/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    allowOnly: false,
    // PGlite takes 2.5 s to open where two cores are shared.
    hookTimeout: 60_000,
    testTimeout: 30_000,
  },
});
