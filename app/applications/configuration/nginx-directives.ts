import type { Site } from './places'

/** Newer ones than 1.25 warn of http2 in this place, and older ones know no other. */
export const listen = ({ scheme, port }: Site, more = '') =>
  ['listen', port, scheme === 'https' ? 'ssl http2' : '', more].filter(Boolean).join(' ') + ';'

export const names = (site: Site) =>
  `  ${listen(site)}
  server_name ${site.hostname};${site.scheme === 'https' ? certificate(site) : ''}
  ${LONG_COOKIES}`

/**
 * Browsers send all cookies in one line, which is 8 kB at most by itself. Also in the server of hosts
 * that are none: without TLS its limit is taken for all others of its port.
 */
export const LONG_COOKIES = 'large_client_header_buffers 4 32k; # applications may set many cookies'

const certificate = ({ hostname }: Site) => `
  # Fill in the certificate of this host, and take the # away:
  # ssl_certificate /etc/ssl/${hostname}.pem;
  # ssl_certificate_key /etc/ssl/${hostname}.key;
  ssl_protocols TLSv1.2 TLSv1.3;`

/** What Latchkey is told with a request to its own pages at a host. */
export const toLatchkey = ({ host, scheme }: Site) => [
  ['Host', host],
  // Replaced, not added to: TRUST_PROXY=1 believes this one place.
  ['X-Forwarded-For', '$remote_addr'],
  ['X-Forwarded-Proto', scheme],
  ['X-Forwarded-Host', '""'],
]

export const WEBSOCKETS = [
  ['Upgrade', '$latchkey_upgrade'],
  ['Connection', '$latchkey_connection'],
]

export const NO_BODY = [
  ['Connection', '""'],
  ['Content-Length', '""'],
]

export const set = (headers: string[][], indent = '    ') =>
  headers.map(([name, value]) => `${indent}proxy_set_header ${name} ${value};`).join('\n')
