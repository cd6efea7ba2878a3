import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { requireSupportedNode } from './app/database/sqlite/supported-node.js'

const SLOWEST_TEST_MS = 90_000

requireSupportedNode()

/** A part of the tests that `npm test -- <name>` can run alone. */
const part = (name: string, ...include: string[]) => ({
  extends: true as const,
  test: { name, include },
})

/** Without Remix's Vite plugin, on purpose: tests meet routes through the real, built server. */
export default defineConfig({
  resolve: { alias: { '~': fileURLToPath(new URL('app', import.meta.url)) } },
  test: {
    environment: 'node',
    testTimeout: SLOWEST_TEST_MS,
    hookTimeout: SLOWEST_TEST_MS,
    maxWorkers: 2,
    projects: [
      part('unit', 'app/**/*.test.{ts,tsx}', 'tests/bench/*.test.ts', '*.test.ts'),
      part('http', 'tests/http/**/*.test.ts'),
      part('live', 'tests/live/**/*.test.ts'),
      part('faults', 'tests/faults/**/*.test.ts'),
    ],
  },
})
