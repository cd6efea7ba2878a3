import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import ipaddr from 'ipaddr.js'
import { Reader, type Response } from 'mmdb-lib'

/**
 * Where an address is, as far as a stranger's address says: the country in English, "this network" for
 * loopback and private ranges, and an empty text where nothing is known. It comes from a database in the
 * project's packages, so that nobody outside learns who signs in.
 *
 * It is a hint for people and never believed: registries say who holds a range, not where its users are.
 */
export function placeOf(address: string): string {
  if (!ipaddr.isValid(address)) return ''
  // IPv4 written as IPv6 is looked up as what it is.
  const parsed = ipaddr.process(address)
  const range: string = parsed.range()
  if (NEARBY.has(range)) return 'this network'
  if (range !== 'unicast') return ''
  const code = countries().get(parsed.toString())?.country_code
  return code ? nameOf(code) : ''
}

/** Carriers, and networks laid over others (Tailscale), number their own machines by RFC 6598. */
const NEARBY = new Set(['loopback', 'private', 'linkLocal', 'uniqueLocal', 'carrierGradeNat'])

type Country = Response & { country_code?: string }

let reader: Reader<Country> | undefined

/** Read at the first question: 8 MB that a command line which shows no session has no use for. */
function countries(): Reader<Country> {
  reader ??= new Reader<Country>(readFileSync(createRequire(import.meta.url).resolve(DATABASE)))
  return reader
}

const DATABASE = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb'

const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })

/** Registries know codes that are no country's, such as ZZ. */
function nameOf(code: string): string {
  if (code === 'ZZ') return ''
  try {
    return names.of(code) ?? ''
  } catch {
    return ''
  }
}
