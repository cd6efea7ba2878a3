import type { DeviceSecrets } from '~/accounts/devices/device-rows'
import { createSecretsCookie, type SecretsCookie } from './secrets-cookie'

/** What stays in a browser after a session, of everybody who signs in there. */
export type DeviceCookies = {
  read(header: string | null | undefined): DeviceSecrets
  /** Set-Cookie values for what a sign-in gave to this browser. */
  keep(
    header: string | null | undefined,
    given: { known?: string | undefined; remembered?: string | null | undefined },
  ): string[]
}

/**
 * @param lifetimes in milliseconds, as the rows have them
 */
export function createDeviceCookies(
  origin: string,
  lifetimes: { known: number; remembered: number },
): DeviceCookies {
  const known = createSecretsCookie('latchkey-known', origin, lifetimes.known / 1000)
  const remembered = createSecretsCookie('latchkey-remembered', origin, lifetimes.remembered / 1000)
  return {
    read: (header) => ({ known: known.read(header), remembered: remembered.read(header) }),
    keep: (header, given) => [
      ...kept(known, header, given.known),
      ...kept(remembered, header, given.remembered),
    ],
  }
}

const kept = (
  cookie: SecretsCookie,
  header: string | null | undefined,
  secret: string | null | undefined,
): string[] => (secret ? [cookie.add(header, secret)] : [])
