import { LRUCache } from 'lru-cache'
import type { IncomingMessage } from 'node:http'
import type { Logger } from 'pino'
import { hours } from '~/accounts/time'

/** What the operator is told, each thing once: a setting of the proxy in front seems to be missing. */
export type ProxyWarnings = {
  /** Looks whether a proxy says for whom it asks, though no proxy is trusted. */
  lookForUntrustedProxy(request: IncomingMessage): void
  /** To be called when a request names another host than that of ORIGIN. */
  warnOfOtherHost(request: IncomingMessage): void
}

export function createProxyWarnings({
  origin,
  trustsProxies,
  log,
}: {
  origin: string
  /** Whether TRUST_PROXY is set. */
  trustsProxies: boolean
  log: Logger
}): ProxyWarnings {
  const { host } = new URL(origin)
  let isUntrustedProxyKnown = trustsProxies
  let isOtherHostKnown = false

  return {
    lookForUntrustedProxy({ headers }) {
      if (isUntrustedProxyKnown) return
      const header = Object.keys(headers).find(isForwardingHeader)
      if (header === undefined) return
      isUntrustedProxyKnown = true
      log.warn(
        { header },
        'Requests come with a header by which proxies say for whom they ask, and TRUST_PROXY is 0. ' +
          'If a proxy stands in front, set TRUST_PROXY to the number of proxies or to their ' +
          'addresses: until then all people have the address of the proxy, and one who mistypes ' +
          'passwords locks out the others. If none does, a visitor made the header up, and it is ignored.',
      )
    },
    warnOfOtherHost({ headers }) {
      if (isOtherHostKnown) return
      isOtherHostKnown = true
      log.warn(
        { host: headers.host, origin },
        'A request named another host than ORIGIN and was answered with a link to ORIGIN. If all ' +
          `are, a proxy in front replaces the host that browsers ask for. Let it send "Host: ${host}": ` +
          `nginx "proxy_set_header Host ${host};", Apache "ProxyPreserveHost On"; Caddy and Traefik ` +
          'keep the host by themselves. If people reach this server under that name, set ORIGIN to it.',
      )
    },
  }
}

const isForwardingHeader = (name: string) => name === 'forwarded' || name.startsWith('x-forwarded-')

/** Names that strangers invent fill no log. */
const MOST_UNKNOWN = 100

/**
 * Warns of what is wrong in the configuration of a proxy that asks about applications: once an hour for
 * each, since a proxy asks about every request.
 */
export function createConfigurationWarnings(log: Pick<Logger, 'warn'>) {
  const warned = new LRUCache<string, true>({ max: 1_000, ttl: hours(1) })

  return (id: string, known: { address: string } | null, asked: string | undefined): void => {
    warned.purgeStale()
    if (warned.has(id) || (!known && warned.size >= MOST_UNKNOWN)) return
    warned.set(id, true)
    if (!known) {
      log.warn({ application: id }, 'a proxy asks about an application that is not registered')
      return
    }
    log.warn(
      { application: id, address: known.address, asked },
      'a proxy asks about an application with another address than the registered one: everybody is ' +
        'refused. Compare the host in its configuration (X-Forwarded-Host and -Proto, X-Original-URL)',
    )
  }
}
