import type { Proxy } from '~/applications/configuration/proxy-configuration'
import { examineWithCaddy, startCaddy } from './caddy'
import type { Certificate } from './certificate'
import { examineWithNginx, startNginx } from './nginx'

/** The proxies that tests run. */
export const RUN_PROXIES = ['nginx', 'caddy'] as const satisfies readonly Proxy[]
export type RunProxy = (typeof RUN_PROXIES)[number]

export type RunningProxy = { stop: () => Promise<void> }

/**
 * Starts a proxy with a configuration as people copy it. The ports are those of the addresses in it.
 *
 * @param port one at which it then listens
 * @param certificate for a configuration with TLS
 */
export function startProxy(
  proxy: RunProxy,
  configuration: string,
  { port, certificate }: { port: number; certificate?: Certificate | undefined },
): Promise<RunningProxy> {
  const filledIn = fillIn(proxy, configuration, certificate)
  return proxy === 'nginx' ? startNginx(filledIn, port) : startCaddy(filledIn, port)
}

/** What a proxy has to say against a configuration; nothing when it is fine. */
export function examineWithProxy(
  proxy: RunProxy,
  configuration: string,
  certificate?: Certificate,
): string {
  const filledIn = fillIn(proxy, configuration, certificate)
  return proxy === 'nginx' ? examineWithNginx(filledIn) : examineWithCaddy(filledIn)
}

/** As an operator would: takes the # away from nginx's certificates, gives Caddy one that it need not get. */
function fillIn(proxy: RunProxy, configuration: string, certificate?: Certificate): string {
  if (!certificate) return configuration
  const { certificate: file, key } = certificate
  if (proxy === 'caddy') return configuration.replaceAll(/^\S+ \{$/gm, `$&\n\ttls ${file} ${key}`)
  return configuration
    .replaceAll(/# ssl_certificate .*;/g, `ssl_certificate ${file};`)
    .replaceAll(/# ssl_certificate_key .*;/g, `ssl_certificate_key ${key};`)
}
