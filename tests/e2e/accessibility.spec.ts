import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { goTo, SCENES } from '../support/scenes'
import { buildStage, type Stage } from '../support/stage'
import { expect, test as base } from './fixtures'

/** Three servers, with people who did much. */
const STAGE_MS = 180_000

const test = base.extend<object, { stage: Stage }>({
  stage: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names from the pattern.
    async ({}, use) => {
      const stage = await buildStage()
      // Not at the expense of the first test that wants them.
      await Promise.all([stage.empty(), stage.withMail()])
      await use(stage)
      await stage.dispose()
    },
    { scope: 'worker', timeout: STAGE_MS },
  ],
  server: [({ stage }, use) => use(stage.server), { scope: 'worker' }],
})

const DESKTOP = { width: 1280, height: 800 }
const PHONE = { width: 375, height: 800 }
const SMALLEST = { width: 320, height: 800 }

for (const scene of SCENES) {
  test(`"${scene.name}" has no fault that axe finds, loads nothing from elsewhere and fits a phone`, async ({
    stage,
    openBrowser,
  }) => {
    const page = await openBrowser({ viewport: DESKTOP })
    const hosts = new Set<string>()
    page.on('request', (request) => hosts.add(new URL(request.url()).hostname))
    await goTo(page, scene, stage)

    await expectNoFaults(page)
    await page.setViewportSize(PHONE)
    await page.emulateMedia({ colorScheme: 'dark' })
    await expectNoFaults(page)

    await expectNoSidewaysScrolling(page)
    await page.setViewportSize(SMALLEST)
    await expectNoSidewaysScrolling(page)
    expect([...hosts]).toEqual(['localhost'])
  })
}

async function expectNoFaults(page: Page) {
  await untilStill(page)
  // Without legacy mode, each run opens a page of its own to put its results together.
  const axe = new AxeBuilder({ page }).setLegacyMode()
  // What passed is not described, element by element: on long pages that took most of the time.
  const { violations } = await axe.options({ resultTypes: ['violations'] }).analyze()
  const faults = violations.map(({ id, nodes }) => ({
    id,
    nodes: nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`),
  }))
  expect(faults).toEqual([])
}

/** Colours that are on their way from one to another have no contrast to speak of. */
async function untilStill(page: Page) {
  await page.evaluate(() => {
    for (const animation of document.getAnimations()) {
      // Not awaited: a page of which no picture is made would never come to the end of one.
      if (animation.effect?.getTiming().iterations !== Infinity) animation.finish()
    }
  })
}

async function expectNoSidewaysScrolling(page: Page) {
  const { content, frame } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    frame: document.documentElement.clientWidth,
  }))
  expect(content, `wider than ${frame} px`).toBeLessThanOrEqual(frame)
}
