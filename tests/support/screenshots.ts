import { fileURLToPath } from 'node:url'
import { expect, test, type Page } from '@playwright/test'
import { goTo, SCENES } from './scenes'
import { buildStage, type Stage } from './stage'

/**
 * Pictures of every page for whoever changes one, in test-results/screenshots, and the two of the
 * README. `npm run screenshots` takes them.
 */

const SCREENS = { desktop: 1280, phone: 375 }
const THEMES = ['light', 'dark'] as const
const HEIGHT = 800
const readmePicture = (name: string) => fileURLToPath(new URL(name, import.meta.url))
/** Around what the picture is about: the whole page would be twice the bytes. */
const README_MARGIN = 18

/** Where the pictured person is, as the proxy says. */
test.use({ extraHTTPHeaders: { 'X-Forwarded-For': '203.0.113.24' } })

let stage: Stage
test.beforeAll(async () => {
  stage = await buildStage()
})
test.afterAll(() => stage.dispose())

for (const scene of SCENES) {
  test(scene.name, async ({ page }) => {
    for (const [screen, width] of Object.entries(SCREENS)) {
      await page.setViewportSize({ width, height: HEIGHT })
      await goTo(page, scene, stage)
      for (const colorScheme of THEMES) {
        await page.emulateMedia({ colorScheme })
        const file = `${fileName(scene.name)}.${screen}-${colorScheme}.png`
        await take(page, `test-results/screenshots/${file}`)
      }
    }
  })
}

test('the picture of the sessions for the README', async ({ page }) => {
  await openAtDesk(page, 'profile')
  const panel = await page.getByRole('region', { name: 'Where you’re signed in' }).boundingBox()
  await take(page, readmePicture('profile.png'), { clip: withMargin(panel!, README_MARGIN) })
})

test('the picture of the applications for the README', async ({ page }) => {
  await openAtDesk(page, 'apps')
  const tiles = await page.getByRole('main').boundingBox()
  await take(page, readmePicture('apps.png'), { clip: withMargin(tiles!, README_MARGIN) })
})

async function openAtDesk(page: Page, name: string) {
  await page.setViewportSize({ width: SCREENS.desktop, height: HEIGHT })
  await goTo(
    page,
    SCENES.find((scene) => scene.name === name)!,
    stage,
  )
}

async function take(page: Page, path: string, { clip }: { clip?: Box } = {}) {
  // Pending spinners are no state to remember.
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  // What is fixed to the window would be drawn into the middle of the page.
  await page.evaluate(() => window.scrollTo(0, 0))
  await page.screenshot({
    path,
    fullPage: true,
    ...(clip && { clip }),
    animations: 'disabled',
    caret: 'hide',
  })
}

type Box = { x: number; y: number; width: number; height: number }

const withMargin = ({ x, y, width, height }: Box, margin: number): Box => ({
  x: x - margin,
  y: y - margin,
  width: width + 2 * margin,
  height: height + 2 * margin,
})

const fileName = (name: string) => name.toLowerCase().replaceAll(' ', '-')
