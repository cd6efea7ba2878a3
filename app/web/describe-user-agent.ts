import Bowser from 'bowser'
import { LRUCache } from 'lru-cache'
import { MODEL, systemByHints } from './device-hints'

export type Device = {
  readonly browser: string
  /** Of the browser, as far as it says something; empty when it is not known. */
  readonly version: string
  /** Empty when it is not known. */
  readonly system: string
  readonly kind: 'desktop' | 'phone' | 'tablet' | 'tv' | 'program'
}

/**
 * A User-Agent in words. It is whatever the client chose to send, so it is shown and never believed.
 * Versions of systems are left out unless hints say them: in User-Agents, browsers have frozen them.
 *
 * @param hints see device-hints.ts
 */
export function describeUserAgent(userAgent: string, hints?: string | null): Device {
  const device = describeAlone(userAgent)
  return hints ? { ...device, system: systemByHints(device.system, hints) } : device
}

function describeAlone(userAgent: string): Device {
  const known = described.get(userAgent)
  if (known) return known
  const device = describe(userAgent)
  described.set(userAgent, device)
  return device
}

/** Most people use one of a few, and each takes dozens of regular expressions to make out. */
const described = new LRUCache<string, Device>({ max: 500 })

function describe(userAgent: string): Device {
  if (userAgent.trim() === '')
    return { browser: 'Unknown browser', version: '', system: '', kind: 'program' }
  const parsed = Bowser.parse(userAgent)
  const isProgram = PROGRAM.test(userAgent) || parsed.platform.type === 'bot'
  const system = systemOf(userAgent, parsed)
  return {
    browser: isProgram ? programOf(userAgent, parsed) : browserOf(userAgent, parsed),
    version: isProgram ? '' : versionIn(parsed),
    system,
    kind: isProgram ? 'program' : kindOf(system, parsed),
  }
}

/** "144", "17.4": what follows is 0, or nobody speaks of it. */
const versionIn = ({ browser }: Bowser.Parser.ParsedResult): string =>
  /^\d{1,4}(?:\.[1-9]\d{0,2})?/.exec(browser.version ?? '')?.[0] ?? ''

/** Browsers say that they are Mozilla, or Opera; PowerShell does as well. */
const PROGRAM = /^(?!Mozilla\/|Opera\/)|PowerShell\//

function programOf(userAgent: string, { browser, platform }: Bowser.Parser.ParsedResult): string {
  if (platform.type === 'bot') return browser.name || 'Unknown program'
  if (userAgent.includes('PowerShell/')) return 'PowerShell'
  if (userAgent.startsWith('Dalvik/')) return 'App'
  return nameOf(productsOf(userAgent)[0]) || 'Unknown program'
}

function browserOf(userAgent: string, { browser }: Bowser.Parser.ParsedResult): string {
  const known = BROWSERS.find(([pattern]) => pattern.test(userAgent))
  if (known) return known[1]
  // What is built of the same WebKit says so.
  if (browser.name === 'Safari' && !OF_APPLE.test(userAgent)) return 'Web browser'
  if (browser.name && !browser.name.startsWith('Mozilla')) return browser.name
  // The last one is the most particular: before it come those that it wants to be taken for.
  return nameOf(productsOf(userAgent).slice(1).at(-1)) || 'Unknown browser'
}

const OF_APPLE = /\((?:Macintosh|iPhone|iPad|iPod)/

/** Browsers that Bowser does not know, or calls otherwise than people do. The first that fits counts. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bFB(?:AN|AV|_IAB)\b/, 'Facebook'],
  [/\bInstagram\b/, 'Instagram'],
  [/\bDuckDuckGo\//, 'DuckDuckGo'],
  [/\bBrave\//, 'Brave'],
  [/\bWaterfox\//, 'Waterfox'],
  [/\bFalkon\//, 'Falkon'],
  [/\bKonqueror\//, 'Konqueror'],
  [/\bWebPositive\//, 'WebPositive'],
  [/\bMiuiBrowser\//, 'Mi Browser'],
  [/\bHuaweiBrowser\//, 'Huawei Browser'],
  [/\bOculusBrowser\//, 'Meta Quest Browser'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:PlayStation|PLAYSTATION|Nintendo|Tizen|Web0S|webOS|BB10)\b/, 'Web browser'],
  // A web view has no name of its own.
  [/; wv\)|AppleWebKit\/(?!.*Safari\/)/, 'In-app browser'],
]

function systemOf(userAgent: string, { os, platform }: Bowser.Parser.ParsedResult): string {
  const unknownToBowser = OTHER_SYSTEMS.exec(userAgent)?.[0]
  if (unknownToBowser) return SYSTEM_NAMES[unknownToBowser] ?? unknownToBowser
  if (platform.type === 'tv' || TV.test(userAgent)) return 'a TV'
  if (IPAD_IN_DESKTOP_MODE.test(userAgent)) return 'iPad'
  if (platform.vendor === 'Apple' && platform.model) return platform.model
  if (userAgent.includes('CFNetwork/')) return 'an Apple device'
  const model = modelOf(userAgent)
  if (model) return model
  return SYSTEM_NAMES[os.name ?? ''] ?? os.name ?? ''
}

/**
 * The model that an Android device names in its User-Agent, "Pixel 8"; empty when it names none, as
 * Chrome, which sends "K" for all of them. Models have brackets in them: "moto g(7) power".
 */
function modelOf(userAgent: string): string {
  const [, model = ''] = ANDROID_MODEL.exec(userAgent) ?? []
  return MODEL.test(model) && !NO_MODEL.test(model) ? model : ''
}

const ANDROID_MODEL =
  /\(Linux; (?:U; )?Android [\d.]{1,9}; (?:[a-z]{2}[-_][A-Za-z]{2}; )?(?:SAMSUNG )?((?:[^;()]|\(\w{1,9}\)){2,40}?)(?: Build\/[^;)]{0,60})?[;)]/
const NO_MODEL = /^(?:[a-z]{2}(?:[-_][A-Za-z]{2})?|wv|Mobile|Tablet|Build\/.*|rv:.*)$/

const OTHER_SYSTEMS =
  /\b(?:[A-Za-z]{1,12}BSD|DragonFly|SunOS|illumos|AIX|Haiku|KAIOS|PlayStation (?:\d|Vita|Portable)|PLAYSTATION 3|Nintendo \w{1,12}|Xbox)\b/

const SYSTEM_NAMES: Record<string, string> = {
  'Chrome OS': 'ChromeOS',
  DragonFly: 'DragonFly BSD',
  KAIOS: 'KaiOS',
  'PLAYSTATION 3': 'PlayStation 3',
  kFreeBSD: 'GNU/kFreeBSD',
}

const TV = /\b(?:SMART-TV|SmartTV|Apple ?TV|Android ?TV|Google ?TV|BRAVIA|CrKey|AFT[A-Z]+)\b/

/** Other browsers than Safari, and web views, give themselves away; Safari says the same as on a Mac. */
const IPAD_IN_DESKTOP_MODE = /\(Macintosh.*(?:CriOS|EdgiOS|FxiOS|OPiOS|OPT|GSA|Mobile)\//

function kindOf(system: string, { platform }: Bowser.Parser.ParsedResult): Device['kind'] {
  if (system === 'iPad') return 'tablet'
  if (system === 'a TV' || CONSOLE.test(system)) return 'tv'
  // Bowser knows no type for a Chromebook or a BSD.
  return KINDS[platform.type ?? ''] ?? (system ? 'desktop' : 'program')
}

const CONSOLE = /^(?:PlayStation|Xbox|Nintendo)/

const KINDS: Record<string, Device['kind']> = {
  desktop: 'desktop',
  mobile: 'phone',
  tablet: 'tablet',
}

/** "curl/8.9.1" and the like, without what is said about them in brackets. */
const productsOf = (userAgent: string): string[] =>
  userAgent
    .replace(/\([^)]*\)/g, ' ')
    .trim()
    .split(/\s+/)

const MAX_NAME_LENGTH = 40

/** "My Mail" of "My%20Mail/3.2". */
const nameOf = (product = ''): string =>
  product.replace(/\/.*$/s, '').replaceAll('%20', ' ').slice(0, MAX_NAME_LENGTH)
