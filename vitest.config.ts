import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const SLOWEST_TEST_MS = 30_000

/** Without Remix's Vite plugin, on purpose: tests meet routes through the real, built server. */
export default defineConfig({
  resolve: { alias: { '~': fileURLToPath(new URL('app', import.meta.url)) } },
  test: {
    environment: 'node',
    include: ['*.test.ts', 'app/**/*.test.{ts,tsx}', 'tests/{http,live,faults}/**/*.test.ts'],
    testTimeout: SLOWEST_TEST_MS,
    hookTimeout: SLOWEST_TEST_MS,
    maxWorkers: 2,
  },
})
