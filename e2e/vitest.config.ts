import { defineConfig } from 'vitest/config';

/** Tests of the whole system with real databases, proxies and browsers: one file at a time, no second chances. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.e2e.ts'],
    allowOnly: false,
    fileParallelism: false,
    retry: 0,
    hookTimeout: 120_000,
    testTimeout: 120_000,
  },
});
