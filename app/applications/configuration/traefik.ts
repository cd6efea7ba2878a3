import { ASSERTION, IDENTITY, NEVER_FROM_VISITORS } from './headers'
import type { Listener, Site } from './places'
import type { ApplicationParts, Parts } from './proxy-configuration'

/**
 * For Traefik's file provider. The static part, and the dynamic part for Latchkey itself, come with
 * the account site.
 */
export function traefikConfiguration({
  site,
  latchkey,
  applications,
  withAccountSite,
}: Parts): string {
  const sites = [site, ...applications.map((one) => one.site)]
  const routers = applications.map(routersOf)
  const middlewares = applications.map((one) => question(one, latchkey))
  const services = applications.map(service)
  if (withAccountSite) {
    routers.unshift(accountSite(site))
    middlewares.unshift(NEVER)
    services.unshift(latchkeyService(latchkey))
  }
  const parts = [
    withAccountSite ? `${WHOLE}\n\n${entryPoints(sites)}` : ADDITION,
    'http:',
    '  routers:',
    ...routers,
    '  middlewares:',
    ...middlewares,
    '  services:',
    ...services,
    ...(withAccountSite ? [TRANSPORT] : []),
  ]
  return parts.join('\n') + '\n'
}

const WHOLE = `# Latchkey and the applications behind it, for Traefik 3.7.12 or newer. Written from the documentation
# and the source of Traefik, and not run with it.`

const ADDITION = `# One more application behind Latchkey, for Traefik 3.7.12 or newer: a file of its own in
# /etc/traefik/latchkey/. The entry points and the part for Latchkey itself are printed by
# npm run latchkey -- application config --proxy traefik
# Written from the documentation and the source of Traefik, and not run with it.`

const entryPointOf = ({ scheme, port }: Site) =>
  `${scheme === 'https' ? 'websecure' : 'web'}-${port}`

const entryPoints = (sites: Site[]) => `# --- traefik.yml: what is read when Traefik starts ---
entryPoints:
${[...new Map(sites.map((site) => [entryPointOf(site), entryPoint(site)])).values()].join('\n')}
    # Leave forwardedHeaders alone: what visitors write into X-Forwarded-For is replaced then.
providers:
  file:
    directory: /etc/traefik/latchkey

---
# --- /etc/traefik/latchkey/latchkey.yml ---`

const entryPoint = (site: Site) => `  ${entryPointOf(site)}:
    address: ":${site.port}"
    http:
${site.scheme === 'https' ? '      tls: {} # fill in where certificates come from, such as { certResolver: yours }\n' : ''}\
      # Takes away Remote_User, Remote.User and whatever else an application may read as Remote-User.
      aliasHeadersStrategy: delete`

const accountSite = (site: Site) => `    latchkey:
      entryPoints: [${entryPointOf(site)}]
      rule: "Host(\`${site.hostname}\`)"
      service: latchkey`

const routersOf = ({
  id,
  name,
  site,
}: ApplicationParts) => `    # ${name}. Latchkey's own pages at this host go first because their rule is the longer one.
    latchkey-at-${id}:
      entryPoints: [${entryPointOf(site)}]
      rule: "Host(\`${site.hostname}\`) && PathPrefix(\`/.latchkey/\`)"
      service: latchkey
    application-${id}:
      entryPoints: [${entryPointOf(site)}]
      rule: "Host(\`${site.hostname}\`)"
      middlewares: [never-from-visitors, question-${id}] # in this order
      service: application-${id}`

const NEVER = `    # Never from a visitor. An empty value takes a header away.
    never-from-visitors:
      headers:
        customRequestHeaders:
${[...IDENTITY, ASSERTION, ...NEVER_FROM_VISITORS].map((header) => `          ${header}: ""`).join('\n')}`

/** What the answer depends on; the rest, such as a visitor's own X-Original-URL, need not be sent. */
const ASKED_WITH = [
  'Cookie',
  'Authorization',
  'Accept',
  'Origin',
  'Sec-Fetch-Site',
  'Sec-Fetch-Mode',
  'Sec-Fetch-Dest',
  'Sec-WebSocket-Key',
  'User-Agent',
]

const question = (
  { id, assertion }: ApplicationParts,
  { address }: Listener,
) => `    # The question. Traefik waits half a minute for the answer, which cannot be changed.
    question-${id}:
      forwardAuth:
        address: "http://${address}/api/v1/forward-auth/${id}"
        trustForwardHeader: false
        authRequestHeaders: [${ASKED_WITH.join(', ')}]
        authResponseHeaders: [${[...IDENTITY, ...(assertion ? [ASSERTION] : [])].join(', ')}]`

const latchkeyService = ({ address }: Listener) => `    latchkey:
      loadBalancer:
        serversTransport: latchkey
        servers:
          - url: "http://${address}"`

const TRANSPORT = `  serversTransports:
    latchkey:
      forwardingTimeouts:
        dialTimeout: 2s
        responseHeaderTimeout: 12s`

const service = (one: ApplicationParts) => `    application-${one.id}:
      loadBalancer:
        servers:
${one.isUpstreamUnknown ? `          # Fill in where ${one.name} listens. ` : '          # '}Nobody but this proxy should reach it there.
          - url: "${one.upstream.scheme}://${one.upstream.address}"`
