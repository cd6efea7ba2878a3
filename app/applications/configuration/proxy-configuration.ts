import { caddyConfiguration } from './caddy'
import { nginxConfiguration } from './nginx'
import { inComment, listenerOf, safeId, siteOf, type Listener, type Site } from './places'
import { traefikConfiguration } from './traefik'

export type ConfiguredApplication = {
  id: string
  name: string
  /** The origin at which browsers open it. */
  address: string
  /** Where it listens, as a URL; null when nobody said. */
  upstream: string | null
  /** Whether it gets the signed assertion. */
  assertion: boolean
}

export const PROXIES = ['nginx', 'caddy', 'traefik'] as const
export type Proxy = (typeof PROXIES)[number]

/** Everything that is printed into a configuration, safe to stand there. */
export type Parts = {
  site: Site
  latchkey: Listener
  applications: ApplicationParts[]
  withAccountSite: boolean
}

export type ApplicationParts = {
  id: string
  /** For comments. */
  name: string
  site: Site
  upstream: Listener
  /** Nobody said where it listens, so that this is left to be filled in. */
  isUpstreamUnknown: boolean
  assertion: boolean
}

/** Where an application is supposed to listen until somebody fills it in. */
const PLACEHOLDER = 'http://127.0.0.1:8080'

const PRINTERS = {
  nginx: nginxConfiguration,
  caddy: caddyConfiguration,
  traefik: traefikConfiguration,
}

/**
 * The configuration of a proxy in front of applications, to be copied: with the account site it is
 * whole, without it is what one more application adds to that.
 *
 * @param site ORIGIN
 * @param latchkey where Latchkey listens, as `host:port`
 * @throws Error when an id or an address could be read as more than that
 */
export function proxyConfiguration(
  proxy: Proxy,
  {
    site,
    latchkey,
    applications,
    withAccountSite,
  }: {
    site: string
    latchkey: string
    applications: readonly ConfiguredApplication[]
    withAccountSite: boolean
  },
): string {
  return PRINTERS[proxy]({
    site: siteOf(site),
    latchkey: listenerOf(latchkey),
    applications: applications.map(({ id, name, address, upstream, assertion }) => ({
      id: safeId(id),
      name: inComment(name) || id,
      site: siteOf(address),
      upstream: listenerOf(upstream ?? PLACEHOLDER),
      isUpstreamUnknown: upstream === null,
      assertion,
    })),
    withAccountSite,
  })
}
