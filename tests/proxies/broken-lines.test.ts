import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BROKEN_LINES } from '../support/broken-lines'
import { runCommand } from '../support/command-line'
import { startLatchkeyBehind, type LatchkeyBehind } from '../support/latchkey-behind'
import { NAVIGATES, type Opened } from '../support/proxied-browser'
import { RUN_PROXIES } from '../support/proxies'

/** The administrator checks the connection of the wiki, through the proxy and in their own browser. */
describe.each(RUN_PROXIES)('of the configuration of %s', (proxy) => {
  let all: LatchkeyBehind
  beforeAll(async () => {
    all = await startLatchkeyBehind(proxy)
  })
  afterAll(() => all.dispose())

  /** Where "Check the connection" leads, at the application. */
  async function begin(application: 'wiki' | 'files' = 'wiki') {
    await all.latchkey.query('DELETE FROM "AttemptCounter"')
    const answer = await all.admin.submit(`/admin/applications/${application}`, { intent: 'check' })
    return answer.headers.get('Location')!.slice(all[application].length)
  }

  /** What the check complains about, all together. */
  async function complaints(browser = all.newBrowser()): Promise<string[]> {
    const report = await browser.open(all.wiki, await begin())
    const bad = badIn(report)
    const next = linkIn(report)
    if (!next) return bad
    const page = await browser.open(all.wiki, next)
    // What the first report says of a page that leads back to none.
    if (!isReport(page)) return [...bad, /compare these lines.*/s.exec(textOf(report))![0]]
    return [...new Set([...bad, ...badIn(page)])]
  }

  /** The command, run for real against a file. */
  function compare(text: string) {
    const file = path.join(all.latchkey.folder, 'compared')
    writeFileSync(file, text)
    const { databaseUrl, folder, port } = all.latchkey
    const settings = { ORIGIN: all.account }
    const words = ['application', 'config', 'wiki', '--proxy', proxy, '--compare', file]
    return runCommand({ databaseUrl, folder, port, settings }, ...words)
  }

  test('nothing is complained about while it is as printed', async () => {
    expect(await complaints()).toEqual([])
    const { code, output } = await compare(all.configuration)
    expect(output).toContain('has every line')
    expect(code).toBe(0)
  })

  test.each(BROKEN_LINES[proxy])('$line is named once it became $broken', async (one) => {
    const [others = '', wiki = ''] = all.configuration.split(/(?=^# Wiki$)/m)
    const broken = others + wiki.replace(one.line, one.broken)
    expect(broken).not.toBe(all.configuration)
    await all.configure(broken)
    const found = await complaints()
    if (one.check) {
      expect(found).toHaveLength(1)
      expect(found[0]).toContain(here(one.check))
    } else {
      expect(found).toEqual([])
      const { code, output } = await compare(broken)
      const removed = output.match(/^- .*/gm)!.slice(1)
      const [line = ''] = one.line.exec(wiki)!
      expect([code, removed]).toEqual([1, [`- ${line.trim()}`]])
    }
  })

  describe('as it is printed,', () => {
    beforeAll(() => all.configure(all.configuration))

    test('a key of a report, or of a question, works once', async () => {
      const browser = all.newBrowser()
      const report = await browser.open(all.wiki, await begin())
      const cookies = new Map(browser.cookiesOf(all.wiki))
      const page = await browser.open(all.wiki, linkIn(report)!)
      expect(isReport(page)).toBe(true)
      const again = page.url.slice(all.wiki.length)
      expect((await browser.ask(all.wiki, again)).status).toBe(403)
      for (const [name, value] of cookies) browser.cookiesOf(all.wiki).set(name, value)
      expectSignIn(await browser.open(all.wiki, linkIn(report)!))
    })

    test.each(['x', 'a.b.c', ''])('a cookie with %j changes nothing', async (value) => {
      const browser = all.newBrowser()
      browser.cookiesOf(all.wiki).set(checkCookieName(), value)
      expectSignIn(await browser.open(all.wiki, '/page'))
      const person = await all.newPerson()
      await person.open(all.wiki, '/')
      person.cookiesOf(all.wiki).set(checkCookieName(), value)
      expect((await person.ask(all.wiki, '/', { headers: NAVIGATES })).status).toBe(200)
    })

    test('a key of another step changes nothing as a cookie', async () => {
      const browser = all.newBrowser()
      browser.cookiesOf(all.wiki).set(checkCookieName(), (await begin()).split('key=')[1]!)
      expectSignIn(await browser.open(all.wiki, '/page'))
    })

    test('a key for another application lets nobody in, and is told that the question is about this one', async () => {
      const browser = all.newBrowser()
      await browser.open(all.files, await begin('files'))
      const [key] = [...browser.cookiesOf(all.files).values()]
      browser.cookiesOf(all.wiki).set(checkCookieName(), key!)
      const report = await browser.open(all.wiki, '/?latchkey-check')
      expect(report.url).toContain(`${all.files}/.latchkey/check?`)
      expect(badIn(report).join()).toContain(new URL(all.wiki).hostname)
      expectSignIn(await browser.open(all.wiki, '/page'))
    })

    test('two keys at once are none', async () => {
      const browser = all.newBrowser()
      await browser.open(all.wiki, await begin())
      const cookie = browser.cookieHeader(all.wiki)
      const twice = { ...NAVIGATES, Cookie: `${cookie}; ${cookie}` }
      const answer = await all.client.ask(all.wiki, '/', { headers: twice })
      expect(answer.headers.location).toContain('/.latchkey/start?')
    })

    test('only the opening of a page leads to the report', async () => {
      const browser = all.newBrowser()
      const report = await browser.open(all.wiki, await begin())
      const icon = { Accept: 'image/*', 'Sec-Fetch-Dest': 'image' }
      expect((await browser.ask(all.wiki, '/favicon.ico', { headers: icon })).status).toBe(401)
      expect(isReport(await browser.open(all.wiki, linkIn(report)!))).toBe(true)
    })

    function expectSignIn({ url }: Opened) {
      expect(url).toContain(`${all.account}/login`)
    }
  })

  /** A line as it is printed for the addresses of these tests. */
  const here = (line: string) =>
    line.replace('https://wiki.example.org', all.wiki).replace(/wiki\.example\.org(?!:)/, host())
  const host = () => new URL(all.wiki).host
  const checkCookieName = () => `__Host-latchkey-check-${new URL(all.wiki).port}`
})

const isReport = ({ url }: Opened) => url.includes('/.latchkey/check?')
const linkIn = ({ text }: Opened) => /href="https:\/\/[^/"]+(\/\?latchkey-check)"/.exec(text)?.[1]
const textOf = ({ text }: Opened) =>
  text.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
const badIn = (page: Opened) =>
  [...textOf(page).matchAll(/<dd class="bad">(.*?)<\/dd>/gs)].map(([, text = '']) => text)
