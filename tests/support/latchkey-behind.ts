import { createCertificate, type Certificate } from './certificate'
import { startProxiedApplication, type ProxiedApplication } from './proxied-application'
import { createProxiedBrowser, type ProxiedBrowser } from './proxied-browser'
import { startProxy, type RunProxy } from './proxies'
import { request } from './request'
import { freePort, startServer, type TestServer } from './server'
import { createVisitor as createClient, type Visitor as Client } from './through-proxy'
import { createVisitor, type Visitor } from './visitor'

/**
 * Everything as it runs at somebody's: Latchkey and two applications behind a proxy, over TLS and under
 * names of one domain. The administrator adds the applications, and the proxy runs with the configuration
 * that they download.
 */
export type LatchkeyBehind = {
  proxy: RunProxy
  latchkey: TestServer
  /** Who comes to Latchkey itself, past the proxy. */
  admin: Visitor
  account: string
  /** Open to everybody, with `/hooks/` and `/health` open to the public. */
  wiki: string
  /** Open to its group alone. */
  files: string
  wikiApplication: ProxiedApplication
  filesApplication: ProxiedApplication
  /** An origin that the wiki's administrator trusts, and one that nobody does. */
  friend: string
  neighbour: string
  client: Client
  certificate: Certificate
  /** As the administrator downloaded it. */
  configuration: string
  /** Starts the proxy anew, with another configuration. */
  configure: (configuration: string) => Promise<void>
  /** An address that nobody has, for an account that may be made however many were made before. */
  newEmail: () => Promise<string>
  newBrowser: () => ProxiedBrowser
  /** A browser of somebody new, signed in at the account site. Names are kept as applications get them. */
  newPerson: (name?: string) => Promise<ProxiedBrowser & { id: string; username: string }>
  dispose: () => Promise<void>
}

/**
 * @param settings of Latchkey
 * @param build another build than that of the project
 * @param change what an operator does to the configuration
 * @param before what comes between the proxy and Latchkey, given its port, and has a port itself
 */
export async function startLatchkeyBehind(
  proxy: RunProxy,
  {
    settings = {},
    build,
    change = (text) => text,
    before,
  }: {
    settings?: Record<string, string>
    build?: string
    change?: (configuration: string, latchkey: TestServer) => string | Promise<string>
    before?: Before
  } = {},
): Promise<LatchkeyBehind> {
  const outside = await freePort()
  const at = (name: string) => `https://${name}.example.org:${outside}`
  const [account, wiki, files] = [at('accounts'), at('wiki'), at('files')]
  const hosts = ['accounts', 'wiki', 'files'].map((name) => `${name}.example.org`)
  const certificate = createCertificate(hosts)
  const own = { ORIGIN: account, TRUST_PROXY: '1', SIGNUP: 'open' }
  const latchkey = await startServer({ ...own, ...settings }, build)
  const admin = createVisitor(account, { fetchBy: fetchFrom(latchkey) })
  await admin.setUp(latchkey.setUpToken(), 'root@example.com', 'Root')
  const wikiApplication = await startProxiedApplication()
  const filesApplication = await startProxiedApplication()
  const friend = 'https://friend.example.org'
  await admin.submit('/admin/groups', { intent: 'add-group', id: 'files', name: 'Files' })
  await admin.submit('/admin/applications/new', {
    ...{ id: 'wiki', name: 'Wiki', address: wiki, upstream: wikiApplication.upstream },
    ...{ access: 'everybody', publicPaths: '/hooks/\n/health', moreOrigins: friend },
  })
  await admin.submit('/admin/applications/new', {
    ...{ id: 'files', name: 'Files', address: files, upstream: filesApplication.upstream },
    ...{ access: 'groups', group: 'files' },
  })
  const downloaded = await admin.get(`/admin/applications/config?proxy=${proxy}`)
  const port = (await before?.(latchkey.port)) ?? latchkey.port
  const configuration = (await downloaded.text()).replaceAll(
    `127.0.0.1:${latchkey.port}`,
    `127.0.0.1:${port}`,
  )
  const start = (text: string) => startProxy(proxy, text, { port: outside, certificate })
  let running = await start(await change(configuration, latchkey))
  const client = createClient({ certificate })
  const newBrowser = () => createProxiedBrowser(client, account)
  let people = 0
  async function newEmail() {
    await latchkey.query('DELETE FROM "AttemptCounter"')
    return `person-${(people += 1)}@example.com`
  }

  return {
    ...{
      proxy,
      latchkey,
      admin,
      newEmail,
      account,
      wiki,
      files,
      wikiApplication,
      filesApplication,
    },
    ...{ friend, neighbour: 'https://evil.example.org', client, certificate, newBrowser },
    configuration,
    async configure(text) {
      await running.stop()
      running = await start(text)
    },
    async newPerson(name = 'Test Person') {
      const browser = newBrowser()
      const email = await newEmail()
      await browser.person.signUp(email, name)
      const query = 'SELECT "id", "username" FROM "User" WHERE "email" = ?'
      const [row] = await latchkey.query<{ id: string; username: string }>(query, email)
      if (!row) throw new Error('Nobody was signed up')
      return { ...browser, ...row }
    },
    async dispose() {
      client.close()
      await running.stop()
      await latchkey.dispose()
      await wikiApplication.close()
      await filesApplication.close()
      certificate.remove()
    },
  }
}

export type Before = (port: number) => Promise<number>

/** `fetch` past the proxy. */
const fetchFrom =
  (latchkey: TestServer) =>
  (url: string, { method, headers, body }: RequestInit & { headers: Headers }) => {
    const isForm = body instanceof URLSearchParams
    return request(latchkey, url.slice(latchkey.origin.length), {
      ...(method !== undefined && { method }),
      headers: {
        ...Object.fromEntries(headers),
        ...(isForm && { 'Content-Type': 'application/x-www-form-urlencoded' }),
      },
      ...(isForm && { body: body.toString() }),
    })
  }
