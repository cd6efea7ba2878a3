import { expect, test as base, type BrowserContext, type Page } from '@playwright/test'
import { letIn } from '../support/applications'
import { startLatchkeyBehind, type LatchkeyBehind } from '../support/latchkey-behind'
import { valuesOf, type Arrived } from '../support/proxied-application'
import { RUN_PROXIES, type RunProxy } from '../support/proxies'
import { PASSWORD } from '../support/visitor'

/*
 * Applications behind the real proxies as a real browser sees them, over TLS: it is the browser that
 * keeps the rules of __Host- cookies, SameSite, Origin and frames.
 */

type Worlds = { worlds: Record<RunProxy, LatchkeyBehind> }

const test = base.extend<{ context: BrowserContext }, Worlds>({
  worlds: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names from the pattern.
    async ({}, use) => {
      const [nginx, caddy] = [
        await startLatchkeyBehind('nginx'),
        await startLatchkeyBehind('caddy'),
      ]
      await use({ nginx, caddy })
      await nginx.dispose()
      await caddy.dispose()
    },
    { scope: 'worker' },
  ],
  /** A browser that finds the names of the tests here, and takes their certificates. */
  context: async ({ playwright, launchOptions }, use) => {
    const args = [
      ...(launchOptions.args ?? []),
      '--host-resolver-rules=MAP *.example.org 127.0.0.1',
    ]
    const browser = await playwright.chromium.launch({ ...launchOptions, args })
    await use(await browser.newContext({ ignoreHTTPSErrors: true }))
    await browser.close()
  },
})

// In one worker: it starts the worlds of both.
test.describe.configure({ mode: 'default' })

for (const proxy of RUN_PROXIES) {
  test.describe(`behind ${proxy}`, () => {
    /** What the application says that arrived. */
    const shown = async (page: Page) => JSON.parse(await page.innerText('body')) as Arrived
    const userAt = async (page: Page) =>
      valuesOf((await shown(page)).rawHeaders, 'Remote-User').join()

    /** Signs up by hand at the account site, where an application sent the browser to. */
    async function signUpByHand(page: Page, { newEmail }: LatchkeyBehind) {
      await page.getByRole('link', { name: 'Sign up' }).click()
      await expect(page.getByRole('heading', { level: 1, name: 'Sign up' })).toBeVisible()
      await page.getByLabel('Name').fill('Ada')
      await page.getByLabel('E-mail').fill(await newEmail())
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
      await page.getByRole('button', { name: 'Create account' }).click()
    }

    /** Takes over a person's browser without a screen. */
    async function asPerson(context: BrowserContext, { newPerson, account }: LatchkeyBehind) {
      const person = await newPerson('Ada')
      const cookies = [...person.cookiesOf(account)]
      await context.addCookies(
        cookies.map(([name, value]) => ({
          ...{ name, value, url: account },
          ...({ secure: true, httpOnly: true, sameSite: 'Lax' } as const),
        })),
      )
      return person
    }

    test('whoever opens a page signs in, and comes to the very page', async ({
      context,
      worlds,
    }) => {
      const all = worlds[proxy]
      const page = await context.newPage()
      await page.goto(`${all.wiki}/notes/1?q=a%2Fb,c`)
      await expect(page).toHaveURL(new RegExp(`^${all.account}/login`))
      await signUpByHand(page, all)
      await expect(page).toHaveURL(`${all.wiki}/notes/1?q=a%2Fb,c`)
      expect(await userAt(page)).toMatch(/^person-/)
    })

    test('five tabs at once are each let in to their page, with one cookie of that host alone', async ({
      context,
      worlds,
    }) => {
      const all = worlds[proxy]
      const { username } = await asPerson(context, all)
      const tabs = await Promise.all([1, 2, 3, 4, 5].map(() => context.newPage()))
      await Promise.all(tabs.map((tab, index) => tab.goto(`${all.wiki}/${index}`)))
      for (const [index, tab] of tabs.entries()) {
        await expect(tab).toHaveURL(`${all.wiki}/${index}`)
        expect(await userAt(tab)).toBe(username)
      }
      expect(await context.cookies(all.wiki)).toMatchObject([
        {
          name: expect.stringMatching(/^__Host-latchkey-app/) as unknown as string,
          ...{ domain: 'wiki.example.org', path: '/', expires: -1 },
          ...{ secure: true, httpOnly: true, sameSite: 'Lax' },
        },
      ])
      const { rawHeaders } = await shown(tabs[0]!)
      expect(valuesOf(rawHeaders, 'Cookie').join()).not.toMatch(/session/)
    })

    test('a page with 18 kB of cookies talks to its application by every way there is', async ({
      context,
      worlds,
    }) => {
      const all = worlds[proxy]
      const { username } = await asPerson(context, all)
      const urls = [all.wiki, all.account]
      await context.addCookies(
        urls.flatMap((url) =>
          Array.from({ length: 9 }, (_, index) => ({
            ...{ url, name: `c${index}`, value: 'x'.repeat(2_000) },
          })),
        ),
      )
      const page = await context.newPage()
      await page.goto(`${all.wiki}/`)
      expect(await userAt(page)).toBe(username)
      const { rawHeaders } = await shown(page)
      expect(valuesOf(rawHeaders, 'Cookie').join().length).toBeGreaterThan(18_000)
      const echoed = page.evaluate(
        (url) =>
          new Promise((resolve) => {
            const socket = new WebSocket(url)
            socket.onopen = () => socket.send('hello')
            socket.onmessage = ({ data }) => data === 'hello' && resolve(data)
            socket.onclose = ({ code }) => resolve(code)
          }),
        `${all.wiki.replace('https', 'wss')}/socket`,
      )
      expect(await echoed).toBe('hello')
      const heard = page.evaluate(
        () =>
          new Promise((resolve) => {
            const stream = new EventSource('/events')
            stream.onmessage = ({ data }) => resolve(data)
            stream.onerror = () => resolve('refused')
          }),
      )
      await expect
        .poll(() => all.wikiApplication.arrived.some(({ url }) => url === '/events'))
        .toBe(true)
      const emitting = setInterval(() => all.wikiApplication.emit('one'), 100)
      expect(await heard).toBe('one')
      clearInterval(emitting)
    })

    test('after a sign-out at Latchkey the open page gets nothing any more', async ({
      context,
      worlds,
    }) => {
      const all = worlds[proxy]
      const { person } = await asPerson(context, all)
      const page = await context.newPage()
      await page.goto(`${all.wiki}/`)
      const call = () => page.evaluate(async () => (await fetch('/api')).status)
      const save = () =>
        page.evaluate(async () => (await fetch('/api', { method: 'POST', body: 'a=b' })).status)
      expect([await call(), await save()]).toEqual([200, 200])
      await person.submit('/logout')
      expect([await call(), await save()]).toEqual([401, 401])
      await page.reload()
      await expect(page).toHaveURL(new RegExp(`^${all.account}/login`))
    })

    test('a page with our script goes blank and says why, when its session is ended elsewhere', async ({
      context,
      worlds,
    }) => {
      const all = worlds[proxy]
      const { person, id } = await asPerson(context, all)
      const page = await context.newPage()
      const socket = page.waitForEvent('websocket')
      await page.goto(`${all.wiki}/page?q=1`)
      expect((await socket).url()).toContain('/.latchkey/live')
      await expect(page.getByText('Private notes')).toBeVisible()
      await all.admin.confirm(`/admin/users/${id}`, { intent: 'sign-out-of-sessions' })
      await expect(page).toHaveURL(new RegExp(`^${all.wiki}/.latchkey/signed-out`))
      await expect(page.getByText('An administrator signed you out.')).toBeVisible()
      await page.goBack().catch(() => undefined)
      await expect(page.getByText('Private notes')).toBeHidden()
      expect(await person.isSignedIn()).toBe(false)
    })

    test('“Only Wiki” leaves the account signed in, and asks before it lets in again', async ({
      context,
      worlds,
    }) => {
      const all = worlds[proxy]
      const { person, username } = await asPerson(context, all)
      const page = await context.newPage()
      await page.goto(`${all.wiki}/notes?q=1`)
      await page.goto(`${all.wiki}/.latchkey/sign-out`)
      await page.getByRole('button', { name: 'Only Wiki' }).click()
      await expect(page.getByText('You are signed out of Wiki in this browser.')).toBeVisible()
      expect(await person.isSignedIn()).toBe(true)
      await page.goto(`${all.wiki}/notes?q=2`)
      await expect(page.getByRole('heading', { name: 'Continue to Wiki as Ada?' })).toBeVisible()
      await page.getByRole('button', { name: 'Continue' }).click()
      await expect(page).toHaveURL(`${all.wiki}/notes?q=2`)
      expect(await userAt(page)).toBe(username)
    })

    test('a page of another application shows it in no frame, and sends it no form', async ({
      context,
      worlds,
    }) => {
      const all = worlds[proxy]
      const { id } = await asPerson(context, all)
      await letIn(all.latchkey, id, { id: 'files' })
      const page = await context.newPage()
      await page.goto(`${all.files}/`)
      const framed = page.waitForResponse(`${all.wiki}/framed`)
      await page.evaluate((src) => {
        document.body.append(Object.assign(document.createElement('iframe'), { src }))
      }, `${all.wiki}/framed`)
      expect((await framed).status()).toBe(401)

      const wiki = await context.newPage()
      await wiki.goto(`${all.wiki}/`)
      expect(await userAt(wiki)).not.toBe('')
      all.wikiApplication.arrived.length = 0
      const answer = page.waitForResponse(`${all.wiki}/save`)
      await page.evaluate((action) => {
        const form = Object.assign(document.createElement('form'), { action, method: 'post' })
        document.body.append(form)
        form.submit()
      }, `${all.wiki}/save`)
      expect((await answer).status()).toBe(403)
      // The cookie came along: it is a neighbour.
      expect((await (await answer).request().allHeaders()).cookie).toContain('latchkey-app')
      expect(all.wikiApplication.arrived).toEqual([])
    })
  })
}
