import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'labs/**/*.test.ts', 'bench/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/.ratchet/**'],
    // Real processes, real git and real disks: generous, because no promise here is about speed.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // The settings of whoever runs the tests name models that cost money.
    env: { XDG_CONFIG_HOME: join(tmpdir(), 'ratchet-tests-without-settings') },
  },
});
