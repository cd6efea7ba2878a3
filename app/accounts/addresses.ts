import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * Stands for the address of a client of whom nothing readable is known. All such clients share one
 * limit, and it is nobody's own address.
 */
export const UNKNOWN_ADDRESS = 'unknown'

/**
 * The one text for an address, however it is spelled: as RFC 5952 has it, IPv4 where it is IPv4
 * mapped into IPv6, without a zone. So equal addresses are equal text in rows, in limits and in
 * comparisons. What proxies write around an address is taken off: quotes, brackets, a port. Null for
 * everything else.
 */
export function canonicalAddress(text: string): string | null {
  const address = parse(text)
  return address && address.toString()
}

/**
 * An address as limits count it. An IPv6 customer has 2^64 addresses to guess from, so the /64
 * counts as one.
 */
export function addressKey(text: string): string {
  const address = parse(text)
  if (!address) return UNKNOWN_ADDRESS
  if (address.kind() === 'ipv4' || TRANSLATED.has(address.range())) return address.toString()
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/64`).toString()}/64`
}

/** Whether a host, as URLs have it, is this machine. */
export const isLoopbackHost = (host: string): boolean =>
  /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)$/i.test(host) || host.endsWith('.localhost')

/** IPv4 customers behind a translator (RFC 6052, RFC 7915): one /64 holds the whole of IPv4. */
const TRANSLATED = new Set<string>(['rfc6052', 'rfc6145'])

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const unquoted = text.trim().replace(/^"(.*)"$/, '$1')
  const [, inBrackets, beforePort] = IN_BRACKETS_OR_BEFORE_PORT.exec(unquoted) ?? []
  const [address = ''] = (inBrackets ?? beforePort ?? unquoted).split('%')
  // The library alone would take "1" and "0x7f.1" as well.
  return isIP(address) ? ipaddr.process(address) : null
}

/** `[2001:db8::7]`, `[2001:db8::7]:443` and `198.51.100.1:40100`. */
const IN_BRACKETS_OR_BEFORE_PORT = /^(?:\[(.*)\](?::\d{1,5})?|([\d.]+):\d{1,5})$/
