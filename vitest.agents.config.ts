import { defineConfig } from 'vitest/config';

/** Real coding agents, which the suite installs: 1.2 GB, too much for every run of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/agents/**/*.agents.ts'],
    // A cold start of such a program takes its time on a busy machine.
    testTimeout: 240_000,
    hookTimeout: 600_000,
    maxWorkers: 1,
  },
});
