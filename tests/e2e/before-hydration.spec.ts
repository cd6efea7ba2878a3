import type { Page } from '@playwright/test'
import { dump, withoutActivity } from '../support/dump'
import { ASKS_FIRST, readEveryForm, TYPED, type EveryForm } from '../support/every-form'
import { giveCookies, untilScriptsRun } from '../support/scene-acts'
import { startServer, type TestServer } from '../support/server'
import { expect, holdBack, test as base } from './fixtures'

type World = Pick<EveryForm, 'admin' | 'forms'> & { server: TestServer }

const test = base.extend<object, { world: World }>({
  world: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names from the pattern.
    async ({}, use) => {
      const server = await startServer({ TRUST_PROXY: '1' })
      await use({ server, ...(await readEveryForm(server)) })
      await server.dispose()
    },
    { scope: 'worker' },
  ],
})

/** Without the pages that are themselves the question. */
const ASKED = ASKS_FIRST.map(([name]) => name).filter((name) => !name.includes('/delete '))
const PARTS = ['/profile', '/admin'].map((part) => ({
  part,
  names: ASKED.filter((name) => name.startsWith(part)),
}))

for (const { part, names } of PARTS) {
  test(`each button under ${part} that cannot be undone asks by a page, when it is pressed twice before the scripts have come`, async ({
    openBrowser,
    world: { server, admin, forms },
  }) => {
    test.slow()
    // Without an address of its own: the visits leave what was there.
    const page = await openBrowser({ baseURL: server.origin, extraHTTPHeaders: {} })
    await giveCookies(page, admin, server.origin)
    const before = withoutActivity(await dump(server))

    for (const name of names) {
      await test.step(name, async () => {
        const letThrough = await holdBack(page, '**/*.js')
        await page.goto(forms.get(name)!.path, { waitUntil: 'commit' })
        await pressTwice(page, name)
        await expectAsked(page)
        await letThrough()
        await untilScriptsRun(page)
        await expectAsked(page)
      })
    }

    expect(names).not.toHaveLength(0)
    expect(withoutActivity(await dump(server))).toEqual(before)
  })
}

async function pressTwice(page: Page, name: string) {
  const intent = name.split(/[ ,]/)[1]!
  const isTicked = name.endsWith(', ticked')
  const chosen = ':has(input[name="from"][value="chosen"])'
  const pressed = `button[name="intent"][value="${intent}"]`
  const form = page.locator(`form:has(${pressed})${isTicked ? chosen : `:not(${chosen})`}`).first()
  const button = form.locator(pressed)
  await button.waitFor({ state: 'attached' })
  await page.locator('details').evaluateAll((all) => {
    for (const details of all) details.setAttribute('open', '')
  })
  const box = 'input[type="checkbox"]'
  const id = await form.getAttribute('id')
  const boxes = form.locator(box).or(page.locator(`${box}[form="${id}"]`))
  if ((await boxes.count()) > 0) await boxes.first().check()
  for (const [field, text] of Object.entries(TYPED)) {
    const input = form.locator(`input[name="${field}"]`)
    if (await input.isVisible()) await input.fill(text)
  }
  await button.dblclick()
}

const expectAsked = (page: Page) =>
  expect(page.getByText('Nothing has been done yet.')).toBeVisible()
