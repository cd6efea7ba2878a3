import type { Page } from '@playwright/test'
import { untilScriptsRun } from '../support/scene-acts'
import { copySessions } from './copied-sessions'
import { ADMIN, expect, holdBack, signIn, test } from './fixtures'

declare global {
  interface Window {
    /** What moved, and by how much. */
    shifts?: string[]
  }
}

type Shift = PerformanceEntry & { value: number; sources: { node: Node | null }[] }

function watchShifts() {
  window.shifts = []
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries() as Shift[]) {
      const moved = sources.map(({ node }) => (node as Element | null)?.outerHTML?.slice(0, 90))
      window.shifts!.push([value, ...moved].join(' '))
    }
  }).observe({ type: 'layout-shift', buffered: true })
}

const PAGES = [
  { path: '/profile', control: (page: Page) => page.getByLabel('Search sessions') },
  {
    path: '/admin/users',
    control: (page: Page) => page.getByRole('searchbox'),
    isThereBefore: true,
  },
  {
    path: '/login',
    control: (page: Page) => page.getByRole('button', { name: 'Use a passkey' }),
    isSignedOut: true,
  },
]

for (const { path, control, isThereBefore = false, isSignedOut = false } of PAGES) {
  for (const width of [1280, 375]) {
    test(`nothing moves on ${path} when its scripts come, at a width of ${width}`, async ({
      server,
      openBrowser,
    }) => {
      const page = await openBrowser({ viewport: { width, height: 2000 } })
      if (!isSignedOut) {
        await signIn(page, ADMIN)
        await copySessions(server, ADMIN.email, 4)
      }
      await page.addInitScript(watchShifts)
      const letThrough = await holdBack(page, '**/*.js')
      await page.goto(path, { waitUntil: 'commit' })
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(control(page)).toBeVisible({ visible: isThereBefore })
      await twoFrames(page)
      await letThrough()
      await untilScriptsRun(page)
      await expect(control(page)).toBeVisible()
      await twoFrames(page)
      expect(await page.evaluate(() => window.shifts)).toEqual([])
    })
  }

  if (!isThereBefore) {
    test(`no room is kept on ${path} for what never comes without scripts`, async ({
      server,
      openBrowser,
    }) => {
      const page = await openBrowser({ javaScriptEnabled: false })
      if (!isSignedOut) {
        await signIn(page, ADMIN)
        await copySessions(server, ADMIN.email, 4)
      }
      await page.goto(path)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      const hidden = path === '/login' ? 'button[type="button"]' : 'input[type="search"]'
      await expect(page.locator(hidden)).toHaveCount(1)
      expect(await page.locator(hidden).boundingBox()).toBeNull()
    })
  }
}

/** A shift is told once the frame in which it happened was drawn. */
const twoFrames = (page: Page) =>
  page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  )
