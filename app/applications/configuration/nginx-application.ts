import { ASSERTION, IDENTITY, NEVER_FROM_VISITORS_OF_NGINX } from './headers'
import { NO_BODY, WEBSOCKETS, names, set, toLatchkey } from './nginx-directives'
import type { Listener, Site } from './places'
import type { ApplicationParts } from './proxy-configuration'

/** The servers of one application: who it is asked, and what the application is told. */
export function nginxApplication(one: ApplicationParts, account: Site): string {
  const { id, name, site, upstream } = one
  return `# ${name}
upstream application-${id} {
${one.isUpstreamUnknown ? `  # Fill in where ${name} listens. ` : '  # '}Nobody but this proxy should reach it there.
  server ${upstream.address};
  keepalive 32;
}

server {
${names(site)}

  # Latchkey is asked before every request, in locations that you add too.
  auth_request /.latchkey/question;
  auth_request_set $latchkey_location $upstream_http_x_latchkey_location;
${IDENTITY.map((header) => `  auth_request_set ${variable(header)} ${answered(header)};`).join('\n')}
${one.assertion ? `  auth_request_set ${variable(ASSERTION)} ${answered(ASSERTION)};\n` : ''}\
  # Not signed in, not allowed, no answer (502, 503 and 504 to the question are 500 here).
  error_page 401 = @latchkey_sign_in;
  error_page 403 /.latchkey/refused;
  error_page 500 = @latchkey_down;

  # What ${name} is told. A location with one proxy_set_header of its own loses all of these, so give it
  # all of them again. Hosts are written out, because $host is what the visitor says.
  proxy_http_version 1.1;
${set(
  [
    ...WEBSOCKETS,
    ['Host', site.host],
    ['X-Forwarded-For', '$remote_addr'],
    ['X-Forwarded-Proto', site.scheme],
    ['X-Forwarded-Host', site.host],
  ],
  '  ',
)}
  # Who it is, in place of what a visitor sent under these names. An empty one is not sent at all.
${set([...IDENTITY.map((header) => [header, variable(header)]), [ASSERTION, one.assertion ? variable(ASSERTION) : '""']], '  ')}
  # Never from a visitor. nginx takes headers away only by their full names.
${set(
  NEVER_FROM_VISITORS_OF_NGINX.map((header) => [header, '""']),
  '  ',
)}

  # ${name} itself. No slash after the name of the upstream, which would rewrite paths.
  location / {
    proxy_pass ${upstream.scheme}://application-${id};
${upstream.scheme === 'https' ? withTls(upstream) : ''}\
    proxy_buffering off; # event streams arrive at once
    proxy_read_timeout 1h; # WebSockets may be silent for so long
    client_max_body_size 100m;
  }

${questions(one, account)}
}`
}

const variable = (header: string) =>
  `$latchkey_${header.replace(/^(?:Remote|X-Latchkey)-/, '').toLowerCase()}`

const answered = (header: string) => `$upstream_http_${header.toLowerCase().replaceAll('-', '_')}`

const withTls = ({ hostname }: Listener) => `    proxy_ssl_server_name on;
    proxy_ssl_name ${hostname};
`

const questions = (
  { id, name, site }: ApplicationParts,
  account: Site,
) => `  # The question. It says itself which application and which host it is about.
  location = /.latchkey/question {
    internal;
    auth_request off;
    proxy_pass http://latchkey/api/v1/auth-request/${id};
    proxy_pass_request_body off;
    proxy_connect_timeout 2s;
    proxy_read_timeout 5s;
    proxy_buffer_size 32k; # the answer's headers, with the names of all groups
    proxy_buffers 4 32k;
${set([
  ...NO_BODY,
  ['Host', account.host],
  ['X-Original-Method', '$request_method'],
  ['X-Original-URL', `${site.origin}$request_uri`],
  ['X-Forwarded-For', '$remote_addr'],
])}
  }

  # Latchkey's own pages at this host. "^~", or a location with a pattern could take them away.
  location ^~ /.latchkey/ {
    auth_request off;
    error_page 502 504 = @latchkey_down;
    proxy_pass http://latchkey;
    proxy_connect_timeout 2s;
    proxy_read_timeout 5s;
${set([...WEBSOCKETS, ...toLatchkey(site)])}

    # The socket of live.js, which hears something every fifteen seconds.
    location = /.latchkey/live {
      proxy_pass http://latchkey;
      proxy_read_timeout 60s;
    }

    # A sign-out is answered when it is final everywhere, which takes ten seconds at worst.
    location = /.latchkey/sign-out {
      proxy_pass http://latchkey;
      proxy_read_timeout 12s;
    }
  }

  # The page for people who may not use ${name}, still as 403. What a refused form held stays here.
  location = /.latchkey/refused {
    internal;
    auth_request off;
    proxy_pass http://latchkey;
    proxy_pass_request_body off;
    proxy_connect_timeout 2s;
    proxy_read_timeout 5s;
${set([...NO_BODY, ...toLatchkey(site)])}
  }

  # Only the opening of a page is sent to sign in; the answer to the question says where.
  location @latchkey_sign_in {
    auth_request off;
    if ($latchkey_location = "") {
      return 401;
    }
    return 302 $latchkey_location;
  }

  location @latchkey_down {
    auth_request off;
    default_type text/html;
    add_header Cache-Control no-store always;
    add_header Retry-After 10 always;
    return 503 "<!doctype html><title>Not available</title><p>Nobody can be signed in just now. Try again in a moment.</p>";
  }`
