import { defineConfig, devices } from '@playwright/test'
import { requireSupportedNode } from './app/database/sqlite/supported-node.js'
import { testBrowser } from './tests/support/browser.js'

/** On a machine that does much else besides. */
const SLOWEST_TEST_MS = 120_000
const SLOWEST_EXPECTATION_MS = 30_000
const isRoot = process.getuid?.() === 0

requireSupportedNode()

/** Tests start their own servers (tests/support), so each has a database of its own. */
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  timeout: SLOWEST_TEST_MS,
  expect: { timeout: SLOWEST_EXPECTATION_MS },
  workers: 2,
  fullyParallel: true,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: 'list',
  projects: [{ name: 'chromium', use: devices['Desktop Chrome'] }],
  use: {
    trace: 'retain-on-failure',
    launchOptions: {
      ...testBrowser(),
      args: isRoot ? ['--no-sandbox'] : [],
    },
  },
})
