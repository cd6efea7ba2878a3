import { isLoopbackHost } from '~/accounts/addresses'

/** Where an application is: its origin, and the host name that no other application may have. */
export type Address = { address: string; host: string }

/** Browsers and proxies send no longer ones, and no certificate names one. */
const MAX_LENGTH = 270

/**
 * Reads an address as somebody types it, down to its origin.
 *
 * @returns the address in its one spelling (small letters, punycode, no default port, no final dot), or
 *   a sentence that says what is wrong with it
 */
export function parseAddress(text: string): { ok: true; at: Address } | { ok: false; why: string } {
  const refuse = (why: string) => ({ ok: false as const, why })
  const typed = text.trim()
  if (typed === '') return refuse('Enter the address at which people open it')
  if (typed.length > MAX_LENGTH || !URL.canParse(typed)) return refuse(EXAMPLE)
  const url = new URL(typed)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refuse(EXAMPLE)
  if (url.username || url.password) return refuse('Leave the name and password out of the address')
  if (url.pathname !== '/' || url.search || url.hash) {
    return refuse(
      'Enter the address without a path: an application has a host name of its own, like https://wiki.example.org',
    )
  }
  const host = url.hostname.replace(/\.$/, '')
  if (!HOST.test(host) || host.length > LONGEST_NAME) return refuse(EXAMPLE)
  return {
    ok: true,
    at: { address: `${url.protocol}//${host}${url.port && `:${url.port}`}`, host },
  }
}

const EXAMPLE = 'Enter an address like https://wiki.example.org'

/** A name or an IPv4 address, as a URL parser leaves it, or an IPv6 address in brackets. */
const HOST = /^(?:\[[\da-f:]+\]|[a-z\d_-]{1,63}(?:\.[a-z\d_-]{1,63})*)$/

/** Of a whole name in the DNS; each part has up to 63 characters. */
const LONGEST_NAME = 253

/** Whether whatever is sent there can be read on the way. */
export const isPlainHttpBeyondLoopback = ({ address, host }: Address): boolean =>
  address.startsWith('http:') && !isLoopbackHost(host)
