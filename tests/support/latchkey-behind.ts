import { proxyConfiguration } from '~/applications/configuration/proxy-configuration'
import { addApplication } from './applications'
import { createCertificate, type Certificate } from './certificate'
import { startProxiedApplication, type ProxiedApplication } from './proxied-application'
import { createProxiedBrowser, type ProxiedBrowser } from './proxied-browser'
import { startProxy, type RunProxy } from './proxies'
import { freePort, startOpenServer, type TestServer } from './server'
import { createVisitor, type Visitor as Client } from './through-proxy'

/**
 * Everything as it runs at somebody's: Latchkey and two applications behind a proxy, whose configuration
 * is the printed one, over TLS and under names of one domain.
 */
export type LatchkeyBehind = {
  proxy: RunProxy
  latchkey: TestServer
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
  /** An address that nobody has, for an account that may be made however many were made before. */
  newEmail: () => Promise<string>
  newBrowser: () => ProxiedBrowser
  /** A browser of somebody new, signed in at the account site. Names are kept as applications get them. */
  newPerson: (name?: string) => Promise<ProxiedBrowser & { id: string; username: string }>
  dispose: () => Promise<void>
}

/**
 * @param settings of Latchkey
 * @param before what comes between the proxy and Latchkey, given its port, and has a port itself
 */
export async function startLatchkeyBehind(
  proxy: RunProxy,
  { settings = {}, before }: { settings?: Record<string, string>; before?: Before } = {},
): Promise<LatchkeyBehind> {
  const port = await freePort()
  const at = (name: string) => `https://${name}.example.org:${port}`
  const [account, wiki, files] = [at('accounts'), at('wiki'), at('files')]
  const hosts = ['accounts', 'wiki', 'files'].map((name) => `${name}.example.org`)
  const certificate = createCertificate(hosts)
  const latchkey = await startOpenServer({ ORIGIN: account, TRUST_PROXY: '1', ...settings })
  const [wikiApplication, filesApplication] = [
    await startProxiedApplication(),
    await startProxiedApplication(),
  ]
  const friend = 'https://friend.example.org'
  const applications = [
    {
      ...{ id: 'wiki', name: 'Wiki', address: wiki, upstream: wikiApplication.upstream },
      ...{ publicPaths: '/hooks/\n/health', moreOrigins: friend },
    },
    {
      ...{ id: 'files', name: 'Files', address: files, upstream: filesApplication.upstream },
      forEverybody: false,
    },
  ]
  for (const application of applications) await addApplication(latchkey, application)

  const configuration = proxyConfiguration(proxy, {
    site: account,
    latchkey: `127.0.0.1:${(await before?.(latchkey.port)) ?? latchkey.port}`,
    applications: applications.map((application) => ({ ...application, assertion: false })),
    withAccountSite: true,
  })
  const running = await startProxy(proxy, configuration, { port, certificate })
  const client = createVisitor({ certificate })
  const newBrowser = () => createProxiedBrowser(client, account)
  let people = 0
  async function newEmail() {
    await latchkey.query('DELETE FROM "AttemptCounter"')
    return `person-${(people += 1)}@example.com`
  }

  return {
    ...{ proxy, latchkey, newEmail, account, wiki, files, wikiApplication, filesApplication },
    ...{ friend, neighbour: 'https://evil.example.org', client, certificate, newBrowser },
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
