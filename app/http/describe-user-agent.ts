import Bowser from 'bowser'
import { LRUCache } from 'lru-cache'

export type Device = {
  readonly browser: string
  readonly system: string
  readonly kind: 'desktop' | 'phone' | 'tablet' | 'program'
}

/** A User-Agent in words. It is whatever the client chose to send, so it is shown and never believed. */
export function describeUserAgent(userAgent: string): Device {
  const known = described.get(userAgent)
  if (known) return known
  const device = describe(userAgent)
  described.set(userAgent, device)
  return device
}

/** Most people use one of a few, and each takes dozens of regular expressions to make out. */
const described = new LRUCache<string, Device>({ max: 500 })

function describe(userAgent: string): Device {
  if (userAgent.trim() === '') return { browser: 'Unknown browser', system: '', kind: 'program' }
  const { browser, os, platform } = Bowser.parse(userAgent)
  const system = SYSTEM_NAMES[os.name ?? ''] ?? os.name ?? ''
  // Bowser knows no type for a Chromebook.
  const type = platform.type ?? (os.name === 'Chrome OS' ? 'desktop' : undefined)
  if (type === undefined) {
    return { browser: browser.name || productOf(userAgent), system, kind: 'program' }
  }
  return {
    browser: browser.name || productOf(userAgent),
    system: platform.model === 'iPhone' || platform.model === 'iPad' ? platform.model : system,
    kind: KINDS[type] ?? 'desktop',
  }
}

const SYSTEM_NAMES: Record<string, string> = { 'Chrome OS': 'ChromeOS' }

const KINDS: Record<string, Device['kind']> = {
  desktop: 'desktop',
  mobile: 'phone',
  tablet: 'tablet',
}

const MAX_PRODUCT_LENGTH = 40

/** "curl 8.9" of "curl/8.9.1 something". */
function productOf(userAgent: string): string {
  const [product = ''] = userAgent.split(' ', 1)
  return product.replace('/', ' ').slice(0, MAX_PRODUCT_LENGTH) || 'Unknown program'
}
