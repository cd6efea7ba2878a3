import { compareConfigurations, type Difference } from './configuration/compare'
import { proxyConfiguration, type Proxy } from './configuration/proxy-configuration'
import type { Registry } from './registry'

/**
 * Prints what a proxy needs: for one application, what it adds to the rest; without a name, everything,
 * with the account site and every application.
 *
 * @param listens where this server listens
 */
export function createPrintConfiguration({
  registry,
  site,
  listens,
}: {
  registry: Pick<Registry, 'list' | 'find'>
  /** ORIGIN */
  site: string
  listens: { host: string; port: number }
}) {
  const latchkey = `${reachable(listens.host)}:${listens.port}`

  /** @returns null when there is no such application */
  return async function printConfiguration(proxy: Proxy, id?: string): Promise<string | null> {
    if (id === undefined) {
      const applications = await registry.list()
      return proxyConfiguration(proxy, { site, latchkey, applications, withAccountSite: true })
    }
    const application = await registry.find(id)
    if (!application) return null
    const applications = [application]
    return proxyConfiguration(proxy, { site, latchkey, applications, withAccountSite: false })
  }
}

/** Compares the file of a proxy with what is printed for it. */
export function createCompareConfiguration(print: ReturnType<typeof createPrintConfiguration>) {
  /** @returns null when there is no such application */
  return async (file: string, proxy: Proxy, id?: string): Promise<Difference[] | null> => {
    const printed = await print(proxy, id)
    return printed === null ? null : compareConfigurations(printed, file)
  }
}

/** A server that listens everywhere is asked by a proxy on the same machine. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
