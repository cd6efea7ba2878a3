import { nginxApplication } from './nginx-application'
import { LONG_COOKIES, WEBSOCKETS, listen, names, set, toLatchkey } from './nginx-directives'
import type { Listener, Site } from './places'
import type { Parts } from './proxy-configuration'

/** For nginx 1.22 or newer, inside `http { }`. */
export function nginxConfiguration({
  site,
  latchkey,
  applications,
  withAccountSite,
}: Parts): string {
  const others = distinct(applications.map((application) => application.site)).filter(
    ({ port }) => port !== site.port,
  )
  const parts = withAccountSite
    ? [WHOLE, shared(latchkey), ...[site, ...others].map(nobodysHost), accountSite(site)]
    : [ADDITION, ...others.map((other) => `${ONCE_FOR_A_PORT}\n${nobodysHost(other)}`)]
  return [...parts, ...applications.map((one) => nginxApplication(one, site))].join('\n\n') + '\n'
}

const distinct = (sites: Site[]) =>
  sites.filter(({ port }, index) => sites.findIndex((site) => site.port === port) === index)

const WHOLE = `# Latchkey and the applications behind it, for nginx 1.22 or newer. Goes inside http { }.`

const ADDITION = `# One more application behind Latchkey, for nginx 1.22 or newer. Goes inside http { }, beside the
# part for Latchkey itself: npm run latchkey -- application config --proxy nginx`

const ONCE_FOR_A_PORT = `# Once for each port: leave it out if another application brought it.`

const shared = ({
  address,
}: Listener) => `# Only a WebSocket may change the protocol of its connection. With "Upgrade: h2c" a visitor would
# get a connection on which nobody asks.
map $http_upgrade $latchkey_upgrade {
  default "";
  ~*^websocket$ websocket;
}
map $http_upgrade $latchkey_connection {
  default "";
  ~*^websocket$ upgrade;
}

# Without keepalive each request would open a connection to Latchkey of its own.
upstream latchkey {
  server ${address};
  keepalive 32;
}`

const nobodysHost = (site: Site) => `${aboutNobody(site)}
server {
  ${listen(site, 'default_server')}
  server_name _;
  ${LONG_COOKIES}
${site.scheme === 'https' ? '  ssl_protocols TLSv1.2 TLSv1.3;\n  ssl_reject_handshake on;\n' : ''}  return 421;
}`

const aboutNobody = ({
  port,
  scheme,
}: Site) => `# Hosts that are none of these get nothing. Leave underscores_in_headers off and
# ignore_invalid_headers on, for this server above all: that is what drops Remote_User and Remote.User.
# Where there is IPv6, add "listen [::]:${port} ..." to each server likewise.${
  scheme === 'https'
    ? '\n# nginx 1.25 and newer warns of "http2" in these lines, and takes it.'
    : ''
}`

const accountSite = (site: Site) => `# The account site.
server {
${names(site)}

  proxy_http_version 1.1;
  proxy_connect_timeout 2s;
  # The visitor's address replaces what they wrote there themselves: Latchkey has TRUST_PROXY=1.
${set([...WEBSOCKETS, ...toLatchkey(site)], '  ')}

  location / {
    proxy_pass http://latchkey;
    proxy_read_timeout 12s;
  }

  # The socket of an open page, which hears something every fifteen seconds.
  location = /live {
    proxy_pass http://latchkey;
    proxy_read_timeout 60s;
  }
}`
