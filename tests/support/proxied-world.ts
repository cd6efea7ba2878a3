import { proxyConfiguration } from '~/applications/configuration/proxy-configuration'
import { startAskedServer, type AskedServer } from './asked-server'
import { createCertificate } from './certificate'
import {
  startProxiedApplication,
  valuesOf,
  type Arrived,
  type ProxiedApplication,
} from './proxied-application'
import { startProxy, type RunProxy } from './proxies'
import { freePort } from './server'
import { createVisitor, type Visitor } from './through-proxy'

/** A proxy as its printed configuration makes it, between a visitor, an application and whom it asks. */
export type ProxiedWorld = {
  asked: AskedServer
  application: ProxiedApplication
  visitor: Visitor
  /** The application's address. */
  wiki: string
  /** The address of the account site. */
  account: string
  /** What a question says that it is about, in the spelling of either proxy. */
  questionOf: (arrived: Arrived) => { path: string; method: string; url: string }
  dispose: () => Promise<void>
}

/** @param change what an operator does to the configuration */
export async function startProxiedWorld(
  proxy: RunProxy,
  { scheme = 'https', change = (text: string) => text } = {},
): Promise<ProxiedWorld> {
  const certificate =
    scheme === 'https' ? createCertificate(['accounts.localhost', 'wiki.localhost']) : undefined
  const port = await freePort()
  const [wiki, account] = ['wiki', 'accounts'].map(
    (name) => `${scheme}://${name}.localhost:${port}`,
  )
  const asked = await startAskedServer()
  const application = await startProxiedApplication()
  const { upstream } = application
  const configuration = proxyConfiguration(proxy, {
    site: account!,
    latchkey: asked.address,
    applications: [{ id: 'wiki', name: 'Wiki', address: wiki!, upstream, assertion: true }],
    withAccountSite: true,
  })
  const running = await startProxy(proxy, change(configuration), { port, certificate })
  const visitor = createVisitor({ certificate })

  return {
    asked,
    application,
    visitor,
    wiki: wiki!,
    account: account!,
    questionOf({ url, rawHeaders }) {
      const one = (name: string) => valuesOf(rawHeaders, name).join(' and ')
      if (proxy === 'nginx') {
        return { path: url, method: one('X-Original-Method'), url: one('X-Original-URL') }
      }
      return {
        // Caddy appends a question mark.
        path: url.replace(/\?.*/, ''),
        method: one('X-Forwarded-Method'),
        url: `${one('X-Forwarded-Proto')}://${one('X-Forwarded-Host')}${one('X-Forwarded-Uri')}`,
      }
    },
    async dispose() {
      visitor.close()
      await running.stop()
      await asked.close()
      await application.close()
      certificate?.remove()
    },
  }
}

/** Whether it is a question rather than a page. */
export const isQuestion = ({ url }: Arrived) => url.startsWith('/api/v1/')

/** Who an answer may say that somebody is. */
export const ADA = {
  'Remote-User': 'ada',
  'Remote-Name': 'Ada',
  'Remote-Email': 'ada@example.org',
  'Remote-Groups': 'staff',
  'X-Latchkey-Assertion': 'signed',
}

/** The same headers, of nobody: Caddy passes on the name of its own variable for one that is missing. */
export const NOBODY = Object.fromEntries(Object.keys(ADA).map((name) => [name, '']))
