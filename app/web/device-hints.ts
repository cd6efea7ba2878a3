import type { IncomingHttpHeaders } from 'node:http'
import type { AppLoadContext } from '@remix-run/node'
import { isLoopbackHost } from '~/accounts/addresses'

/*
 * What browsers say of their device beside the User-Agent, which has been frozen: "Windows NT 10.0" is
 * Windows 11 as well. It is whatever the client chose to send, so only what has the expected form is
 * kept, and it is shown and never believed. Without them nobody can tell the two, and it is "Windows".
 */

/** Sent unasked is the name of the system alone. */
const WANTED = 'Sec-CH-UA-Platform-Version, Sec-CH-UA-Model'

/**
 * For the loader of a page with a form that starts a session: asks the browser to send hints along with
 * it. Over plain http browsers would not.
 */
export function askForDeviceHints({ origin, setHeader }: Asking): void {
  const { protocol, hostname } = new URL(origin)
  if (protocol === 'https:' || isLoopbackHost(hostname)) setHeader('Accept-CH', WANTED)
}
type Asking = Pick<AppLoadContext, 'origin' | 'setHeader'>

const SYSTEM = /^(?:Windows|macOS|Android)$/
const VERSION = /^\d{1,3}(?:\.\d{1,6}){0,3}$/
/** "SM-G991B", "moto g(7) power". */
export const MODEL = /^\w[\w .,()+/&'-]{1,39}$/

/**
 * What of the hints in a request says something, as one short text to be kept: "Windows 15.0.0",
 * "Android 14.0.0; Pixel 8". Null when there is nothing.
 */
export function deviceHintsIn(headers: IncomingHttpHeaders): string | null {
  const system = textIn(headers['sec-ch-ua-platform'])
  const version = textIn(headers['sec-ch-ua-platform-version'])
  const model = textIn(headers['sec-ch-ua-model'])
  if (!SYSTEM.test(system)) return null
  const hints = [
    VERSION.test(version) ? `${system} ${version}` : system,
    ...(MODEL.test(model) ? [model.trim()] : []),
  ].join('; ')
  return hints === system ? null : hints
}

/** A string of a structured header (RFC 9651), without its quotes; empty when it is none. */
const textIn = (header: string | string[] | undefined): string =>
  /^"([^"\\]{0,60})"$/.exec(String(header ?? ''))?.[1] ?? ''

/**
 * The system as the hints have it, where they speak of the same one as the User-Agent: "Windows 11",
 * "macOS 15", and of a phone its model.
 */
export function systemByHints(system: string, hints: string): string {
  const [, named, major, model] = /^(\w+)(?: (\d+)[\d.]*)?(?:; (.+))?$/.exec(hints) ?? []
  if (named !== system) return system
  if (system === 'Android' && model) return model
  if (major === undefined) return system
  if (system !== 'Windows') return Number(major) > 0 ? `${system} ${major}` : system
  return windowsOf(Number(major))
}

/**
 * Versions of an interface of Windows, and not its own:
 * https://learn.microsoft.com/microsoft-edge/web-platform/how-to-detect-win11
 */
function windowsOf(major: number): string {
  if (major >= 13) return 'Windows 11'
  return major >= 1 && major <= 10 ? 'Windows 10' : 'Windows'
}
