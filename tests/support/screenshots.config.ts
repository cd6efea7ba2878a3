import { defineConfig } from '@playwright/test'
import tests from '../../playwright.config'

/** The browser of the tests, for taking pictures. */
export default defineConfig({
  ...tests,
  testDir: '.',
  testMatch: 'screenshots.ts',
  outputDir: '../../test-results/runs',
  use: { ...tests.use, trace: 'off' },
})
