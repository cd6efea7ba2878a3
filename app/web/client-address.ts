import type { IncomingMessage } from 'node:http'
import proxyAddr from 'proxy-addr'
import { canonicalAddress, UNKNOWN_ADDRESS } from '~/accounts/addresses'

/** Which proxies are believed: so many hops, or these networks; null believes nobody. */
export type TrustProxy = number | string[] | null

/** From a request to the canonical address of the client that sent it, or `unknown`. */
export type ClientAddress = (request: IncomingMessage) => string

/**
 * Reads `X-Forwarded-For` only as far as the operator said that proxies are trusted; what a visitor
 * writes there himself is ignored. A client whose address a trusted proxy wrote unreadably is
 * unknown: taken for the proxy, one visitor's wrong passwords would lock out all others.
 *
 * @throws TypeError when a network cannot be parsed
 */
export function createClientAddress(trust: TrustProxy): ClientAddress {
  const isTrusted = trusted(trust)
  return (request) => {
    // A connection that is gone has no address.
    const peer = request.socket.remoteAddress
    if (peer === undefined) return UNKNOWN_ADDRESS
    const forwarded = request.headers['x-forwarded-for']?.toString()
    if (saysNothing(forwarded) && isTrusted(peer, 0)) return UNKNOWN_ADDRESS
    return canonicalAddress(proxyAddr(request, isTrusted)) ?? UNKNOWN_ADDRESS
  }
}

/** Empty places of a list count as none (RFC 9110, 5.6.1), so that the library would name the proxy. */
const saysNothing = (forwarded: string | undefined) =>
  forwarded !== undefined && /^[\s,]*$/.test(forwarded)

/** No chain of proxies is that long; without an end, a header of thousands would take long to read. */
const MOST_HOPS = 20

function trusted(trust: TrustProxy): (address: string, hop: number) => boolean {
  if (trust === null) return () => false
  // Counted hops are trusted by their place, whatever they are called.
  if (typeof trust === 'number') return (_, hop) => hop < trust
  const isInNetworks = proxyAddr.compile(trust)
  return (address, hop) => hop < MOST_HOPS && isInNetworks(canonicalAddress(address) ?? '', hop)
}
