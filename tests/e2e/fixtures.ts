import {
  test as base,
  expect,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  type Route,
} from '@playwright/test'
import { createGates } from '../support/gates'
import { startServer, type TestServer } from '../support/server'
import { sessionCookieName } from '../support/session-cookie'
import { createVisitor, PASSWORD, type Visitor } from '../support/visitor'

export { expect }

export type Person = { name: string; email: string; password: string }

/** Administers the server of every worker. */
export const ADMIN: Person = {
  name: 'Grace Hopper',
  email: 'grace@example.com',
  password: 'nine blue kettles',
}

type Credentials = Pick<Person, 'email' | 'password'>

/** A browser of its own: cookies, address and name are shared with no other. */
export type OpenBrowser = (options?: BrowserContextOptions) => Promise<Page>

type ForEachTest = {
  /** Another server with these settings. It goes on until the browsers are closed. */
  newServer: (settings: Record<string, string>) => Promise<TestServer>
  openBrowser: OpenBrowser
  /** A browser that nobody looks at: quicker, for what happens elsewhere. */
  newDevice: (userAgent?: string) => Visitor
  newPerson: (name?: string) => Person
}
type ForEachWorker = { server: TestServer }

/**
 * Every worker has a server, and every test people of its own on it. After each test, its browsers
 * must have logged nothing: no exception, no warning of React, no violation of the CSP.
 */
export const test = base.extend<ForEachTest, ForEachWorker>({
  server: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names from the pattern.
    async ({}, use) => {
      // One hop is trusted, so that each browser can have an address of its own.
      const server = await startServer({ TRUST_PROXY: '1', SIGNUP: 'open' })
      // People can sign up once there is an administrator.
      const { email, name, password } = ADMIN
      await createVisitor(server.origin).setUp(server.setUpToken(), email, name, password)
      await use(server)
      await server.dispose()
    },
    { scope: 'worker' },
  ],

  baseURL: ({ server }, use) => use(server.origin),

  newPerson: ({ server }, use) =>
    use((name = 'Ada Lovelace') => {
      const first = name.split(' ')[0]!.toLowerCase()
      return { name, email: `${first}-${server.port}-${next()}@example.com`, password: PASSWORD }
    }),

  newDevice: ({ baseURL }, use) =>
    use((userAgent) =>
      createVisitor(baseURL!, { ...(userAgent && { userAgent }), ip: nextAddress() }),
    ),

  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names from the pattern.
  newServer: async ({}, use) => {
    const servers: TestServer[] = []
    await use(async (settings) => {
      const server = await startServer({ TRUST_PROXY: '1', ...settings })
      servers.push(server)
      return server
    })
    await Promise.all(servers.map((server) => server.dispose()))
  },

  // It names newServer so that its servers outlive the browsers: a page whose server goes away
  // complains of what it was still fetching.
  openBrowser: async ({ browser, baseURL, newServer: _outlives }, use) => {
    const contexts: BrowserContext[] = []
    const complaints: string[] = []
    await use(async (options = {}) => {
      const context = await browser.newContext({
        baseURL: baseURL!,
        extraHTTPHeaders: { 'X-Forwarded-For': nextAddress() },
        ...options,
      })
      contexts.push(context)
      collectComplaints(context, complaints)
      await context.addInitScript(countOpenSockets)
      return context.newPage()
    })
    await Promise.all(contexts.map((context) => context.close()))
    expect(complaints, 'what the browsers complained about').toEqual([])
  },
})

let count = 0
const next = () => (count += 1)

/** Of the block that is reserved for documentation, so it is nobody's. */
function nextAddress() {
  const number = next()
  return `198.18.${number >> 8}.${number & 255}`
}

/** What browsers write by themselves when a request is refused or a connection fails. */
const REFUSALS = /^(Failed to load resource|WebSocket connection to)/

function collectComplaints(context: BrowserContext, complaints: string[]) {
  context.on('weberror', (error) => complaints.push(String(error.error())))
  context.on('console', (message) => {
    const told = ['error', 'warning'].includes(message.type())
    if (told && !REFUSALS.test(message.text())) complaints.push(message.text())
  })
}

/** Creates the person's account, for tests that are about something else; opens their profile. */
export async function signUp(page: Page, { name, email, password }: Person) {
  await send(page, '/signup', { name, email, password })
  await page.goto('/profile')
  await expectProfile(page)
}

/** Signs the person in, for tests that are about something else; opens their profile. */
export async function signIn(page: Page, { email, password }: Credentials) {
  await send(page, '/login', { email, password })
  await page.goto('/profile')
  await expectProfile(page)
}

/** Sends a form as the browser would, without the time that it takes to show the page of it. */
async function send(page: Page, path: string, form: Record<string, string>) {
  // The page gives a cookie first.
  await page.request.get(path)
  const answer = await page.request.post(path, {
    form,
    maxRedirects: 0,
    // A request without any of the headers by which a browser tells where it comes from is refused.
    headers: { 'Sec-Fetch-Site': 'same-origin' },
  })
  expect(answer.status(), path).toBe(302)
}

/** The same through the pages. */
export async function signUpByHand(page: Page, person: Person) {
  await page.goto('/signup')
  await fillNewPerson(page, person)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expectProfile(page)
}

export async function signInByHand(page: Page, person: Credentials) {
  await page.goto('/login')
  await fillSignIn(page, person)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expectProfile(page)
}

export async function fillNewPerson(page: Page, { name, email, password }: Person) {
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
}

export async function fillSignIn(page: Page, { email, password }: Credentials) {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
}

export async function expectProfile(page: Page) {
  await expect(page.getByRole('heading', { level: 1, name: 'Profile' })).toBeVisible()
}

/** That the page says what was done: in a toast, or without JavaScript in a notice. */
export async function expectSaid(page: Page, text: string) {
  const said = page.getByRole('region', { name: /Notifications/ }).or(page.getByRole('status'))
  await expect(said.getByText(text).first()).toBeVisible()
}

/** That the page has become the sign-in page, and says why. */
export async function expectSignedOut(page: Page, reason: string) {
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible()
  await expect(page.getByRole('status').filter({ hasText: reason })).toBeVisible()
}

/** That the browser has no session's cookie any more, dead or alive. */
export async function expectNoSessionCookie(page: Page) {
  const { origin } = new URL(page.url())
  const names = (await page.context().cookies()).map(({ name }) => name)
  expect(names).not.toContain(sessionCookieName(origin))
}

/**
 * Waits until the page's scripts run and its socket is open: from then on the server can tell it
 * something. Pass how many sockets it should have opened, when it is to open another one.
 */
export async function expectLive(page: Page, opened = 1) {
  await expect.poll(() => page.evaluate(() => window.socketsOpened)).toBeGreaterThanOrEqual(opened)
}

declare global {
  interface Window {
    /** How many sockets the page has had open, counted by the tests. */
    socketsOpened?: number
  }
}

function countOpenSockets() {
  window.socketsOpened = 0
  window.WebSocket = class extends WebSocket {
    constructor(url: string | URL) {
      super(url)
      this.addEventListener('open', () => (window.socketsOpened! += 1))
    }
  }
}

/** For `addInitScript`: sockets that never open and never fail, as behind a proxy that does not know them. */
export function swallowSockets() {
  window.WebSocket = class extends EventTarget {
    static OPEN = 1
    readyState = 0
    close() {}
  } as unknown as typeof WebSocket
}

/** For `page.route`: a proxy answers in the server's stead. */
export const badGateway = (route: Route) =>
  route.fulfill({ status: 502, body: '<h1>Bad Gateway</h1>' })

/** Keeps the page's requests for something waiting, until what it returns is called. */
export async function holdBack(page: Page, url: string): Promise<() => Promise<void>> {
  const gates = createGates()
  // Of a page that was left meanwhile, nobody waits for it any more.
  const wait = gates.before((route: Route) => route.continue().catch(() => {}))
  await page.route(url, wait)
  return async () => {
    gates.open()
    await page.unroute(url, wait)
  }
}
