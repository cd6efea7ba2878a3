import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import proxyAddr from 'proxy-addr'

/** Which proxies are believed: so many hops, or these networks; null believes nobody. */
export type TrustProxy = number | string[] | null

/** From a request to the address of the client that sent it. */
export type ClientAddress = (request: IncomingMessage) => string

/**
 * Reads `X-Forwarded-For` only as far as the operator said that proxies are trusted; what a visitor
 * writes there himself is ignored.
 *
 * @throws TypeError when a network cannot be parsed
 */
export function createClientAddress(trust: TrustProxy): ClientAddress {
  const isTrusted =
    trust === null
      ? () => false
      : typeof trust === 'number'
        ? (_address: string, hop: number) => hop < trust
        : proxyAddr.compile(trust)
  return (request) => {
    const address = proxyAddr(request, isTrusted)
    // A proxy may forward anything; only an address may become one.
    return isIP(address) ? plain(address) : plain(request.socket.remoteAddress ?? 'unknown')
  }
}

/** IPv4 addresses that arrive on an IPv6 socket, written as IPv4. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')
