import { ASSERTION, IDENTITY } from './headers'
import type { Listener, Site } from './places'
import type { ApplicationParts, Parts } from './proxy-configuration'

/** A Caddyfile, for Caddy 2.6 or newer. */
export function caddyConfiguration({
  site,
  latchkey,
  applications,
  withAccountSite,
}: Parts): string {
  const parts = withAccountSite ? [WHOLE, accountSite(site, latchkey)] : [ADDITION]
  const blocks = applications.map((one) => application(one, site, latchkey))
  return [...parts, ...blocks].join('\n\n') + '\n'
}

const WHOLE = `# Latchkey and the applications behind it, for Caddy 2.6 or newer.`

const ADDITION = `# One more application behind Latchkey, for Caddy 2.6 or newer. Goes beside the block of the account
# site: npm run latchkey -- application config --proxy caddy`

/** Without a scheme Caddy speaks TLS, with a certificate that it gets. */
const addressOf = ({ scheme, host, origin }: Site) => (scheme === 'https' ? host : origin)

const accountSite = (
  site: Site,
  { address }: Listener,
) => `# The account site. Caddy sets X-Forwarded-For to the visitor's address by itself: Latchkey has
# TRUST_PROXY=1.
${addressOf(site)} {
	reverse_proxy ${address} {
		header_up Host ${site.host}
	}
}`

const application = (one: ApplicationParts, account: Site, latchkey: Listener) => `# ${one.name}
${addressOf(one.site)} {
	# In the order in which it stands here, which is what "route" is for: otherwise Caddy would take away
	# headers after it asked, and who it is with them.
	route {
		# Never from a visitor. With the stars also Remote_User and Remote.User.
		request_header -Remote*
		request_header -*Latchkey*
		request_header -X-Forwarded*
		request_header -X_Forwarded*
		request_header -X-Original*
		request_header -X-Rewrite*
		request_header -X-WebAuth*
		request_header -X-Real-Ip
		request_header -Forwarded

		# Caddy takes away each header that "Connection" names, and "Connection: Remote-User" would take
		# away who it is. WebSockets need the header, with nothing else in it.
		@websocket header Upgrade websocket
		@plain not header Upgrade websocket
		request_header @websocket Connection Upgrade
		request_header @plain -Connection
		request_header @plain -Upgrade

${latchkeyPages(one.site, latchkey)}

		# The question. The ? keeps the visitor's query out of it, and without these two headers the
		# question about a WebSocket is none itself.
		forward_auth ${latchkey.address} {
			uri /api/v1/forward-auth/${one.id}?
			header_up Host ${account.host}
			header_up X-Forwarded-Host ${one.site.host}
			header_up X-Forwarded-Proto ${one.site.scheme}
			header_up -Connection
			header_up -Upgrade
			copy_headers ${[...IDENTITY, ...(one.assertion ? [ASSERTION] : [])].join(' ')}
			transport http {
				dial_timeout 2s
				response_header_timeout 5s
			}
		}

${one.isUpstreamUnknown ? `		# Fill in where ${one.name} listens. ` : '		# '}Nobody but this proxy should reach it there.
		reverse_proxy ${upstream(one.upstream)} {
			header_up Host ${one.site.host}
			header_up X-Forwarded-Host ${one.site.host}
			header_up X-Forwarded-Proto ${one.site.scheme}
		}
	}

	# Latchkey or ${one.name} does not answer: a page that says so, and nothing of the application.
	handle_errors {
		header Content-Type "text/html; charset=utf-8"
		header Cache-Control no-store
		respond "<!doctype html><title>Not available</title><p>This cannot be reached just now. Try again in a moment.</p>" {http.error.status_code}
	}
}`

const upstream = ({ scheme, address }: Listener) =>
  scheme === 'https' ? `https://${address}` : address

const latchkeyPages = (
  site: Site,
  { address }: Listener,
) => `		# Latchkey's own pages at this host. A sign-out is answered when it is final everywhere, which takes
		# ten seconds at worst.
		handle /.latchkey/sign-out {
			reverse_proxy ${address} {
				header_up Host ${site.host}
				transport http {
					dial_timeout 2s
					response_header_timeout 12s
				}
			}
		}
		handle /.latchkey/* {
			reverse_proxy ${address} {
				header_up Host ${site.host}
				transport http {
					dial_timeout 2s
					response_header_timeout 5s
				}
			}
		}`
