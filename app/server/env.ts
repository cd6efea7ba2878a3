import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { DEFAULT_RETENTION } from '~/accounts/audit/retention'
import type { FactorPolicy } from '~/accounts/factors/which'
import { isLoopbackHost } from '~/accounts/addresses'
import { seconds } from '~/accounts/time'
import { DEFAULT_DATABASE_URL, isForOneServer } from '~/database/open'
import { DEFAULT_SESSION_POLICY, type SessionPolicy } from '~/accounts/sessions/policy'
import { PASSWORD_COST } from '~/accounts/sign-in/passwords'
import type { MailSettings } from '~/mail/settings'
import { createClientAddress, type TrustProxy } from '~/web/client-address'
import { canonicalOrigin } from '~/web/origin'
import { COOKIE_LIFE, parseDuration, RETENTION, STATEMENT } from './durations'
import { DEVELOPMENT_MAIL_FOLDER, parseMail } from './mail-settings'
import { SettingError } from './setting-error'

/** What an installation is called that has no name of its own. */
const PRODUCT = 'Latchkey'

/** The settings, read and checked. The only file that reads the environment. */
export type Env = {
  host: string
  port: number
  /** How many processes answer on that port, each a node. */
  nodes: number
  /** Where people reach Latchkey: scheme, host and port, no trailing slash. */
  origin: string
  /** Whether somebody set it, or it is only the address of this machine for itself. */
  isOriginSet: boolean
  /** Whether people may be reached over plain http, other than on this machine. */
  allowHttp: boolean
  databaseUrl: string
  /** Of a database that is elsewhere. */
  databaseLimits: {
    /** How long a statement may take, in milliseconds. */
    statementTimeout: number
    /** How many connections answer people, in each process. */
    connections: number
  }
  /** What people call this installation: their family's or company's name, or the product's. */
  siteName: string
  signUp: 'open' | 'closed'
  /** Of whom a second factor is demanded. */
  factorPolicy: FactorPolicy
  /** Null where no mail is set up. */
  mail: MailSettings | null
  trustProxy: TrustProxy
  sessionPolicy: SessionPolicy
  /** How long an event of the audit log is kept, in milliseconds. */
  auditRetention: number
  passwordCost: number
  logLevel: string
}

export { SettingError }

export type Settings = Readonly<Record<string, string | undefined>>

/** Reads the settings from the environment and, below it, from the `.env` file. */
export function readEnv({ development = false } = {}): Env {
  const settings = readSettings()
  const hasMail = [settings.SMTP_URL, settings.MAIL_FOLDER].some((text) => text?.trim())
  if (!development || hasMail) return parseSettings(settings)
  return parseSettings({ ...settings, MAIL_FOLDER: DEVELOPMENT_MAIL_FOLDER })
}

export const readSettings = (): Settings => ({ ...readDotEnv(), ...process.env })

/**
 * A sentence for every name in the `.env` file that is no setting, so that a slip of the pen does not
 * go unseen. The environment is not looked at: it is full of other programs' names.
 */
export function unknownInDotEnv(): string[] {
  return Object.keys(readDotEnv())
    .filter((name) => !SETTINGS.includes(name))
    .map((name) => `.env sets ${name}, which is no setting. There are ${SETTINGS.join(', ')}.`)
}

const SETTINGS = [
  ...['HOST', 'PORT', 'NODES', 'ORIGIN', 'ALLOW_HTTP', 'SITE_NAME', 'SIGNUP'],
  ...['SECOND_FACTOR', 'TRUST_PROXY', 'DATABASE_URL', 'DATABASE_TIMEOUT', 'DATABASE_CONNECTIONS'],
  ...['SMTP_URL', 'MAIL_FROM', 'MAIL_FOLDER'],
  ...['SESSION_IDLE', 'SESSION_KEPT', 'SESSION_BRIEF', 'AUDIT_RETENTION'],
  ...['PASSWORD_COST', 'LOG_LEVEL'],
]

/**
 * @throws SettingError when a setting is wrong
 */
export function parseSettings(settings: Settings): Env {
  const get = (name: string) => settings[name]?.trim() || undefined
  const host = get('HOST') ?? '127.0.0.1'
  const port = parseCount('PORT', get('PORT') ?? '3000', 65_535)
  const origin = parseOrigin(get('ORIGIN') ?? `http://localhost:${port}`)
  const allowHttp = parseChoice('ALLOW_HTTP', get('ALLOW_HTTP') ?? '0', ['0', '1']) === '1'
  if (!allowHttp) refusePlainHttp(origin, host)
  if (get('ORIGIN') === undefined) refuseLocalLinks(host, port)
  const siteName = parseSiteName(get('SITE_NAME') ?? PRODUCT)
  const databaseUrl = get('DATABASE_URL') ?? DEFAULT_DATABASE_URL
  return {
    host,
    port,
    nodes: parseNodes(get('NODES') ?? '1', databaseUrl),
    origin,
    isOriginSet: get('ORIGIN') !== undefined,
    allowHttp,
    databaseUrl,
    databaseLimits: {
      statementTimeout: parseDuration('DATABASE_TIMEOUT', get, STATEMENT) ?? seconds(2),
      connections: parseCount('DATABASE_CONNECTIONS', get('DATABASE_CONNECTIONS') ?? '10', 500),
    },
    siteName,
    signUp: parseChoice('SIGNUP', get('SIGNUP') ?? 'closed', ['open', 'closed']),
    factorPolicy: parseChoice('SECOND_FACTOR', get('SECOND_FACTOR') ?? 'optional', FACTOR_POLICIES),
    mail: parseMail(get, { origin, siteName }),
    trustProxy: parseTrustProxy(get('TRUST_PROXY')),
    sessionPolicy: parseSessionPolicy(get),
    auditRetention: parseDuration('AUDIT_RETENTION', get, RETENTION) ?? DEFAULT_RETENTION,
    passwordCost: parseCost(get('PASSWORD_COST')),
    logLevel: parseChoice('LOG_LEVEL', get('LOG_LEVEL') ?? 'info', LOG_LEVELS),
  }
}

const FACTOR_POLICIES = ['optional', 'administrators', 'everybody'] as const
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

function readDotEnv(): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync('.env', 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw new SettingError(`The file .env cannot be read: ${(error as Error).message}`)
  }
}

/** It stands in titles, in the frame and in the subjects of mails. */
const LONGEST_SITE_NAME = 40

function parseSiteName(text: string): string {
  const { length } = [...text]
  if (length <= LONGEST_SITE_NAME && !/\p{C}/u.test(text)) return text
  const rule = `at most ${LONGEST_SITE_NAME} characters of plain text in one line`
  throw new SettingError(`SITE_NAME must be ${rule}, and has ${length}.`, ['SITE_NAME'])
}

function parseCount(name: string, text: string, most: number): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= most) return count
  throw new SettingError(`${name} must be a number from 1 to ${most}, not "${text}".`, [name])
}

function parseNodes(text: string, databaseUrl: string): number {
  const nodes = parseCount('NODES', text, 64)
  if (nodes === 1 || !isForOneServer(databaseUrl)) return nodes
  throw new SettingError(
    `NODES=${nodes} needs PostgreSQL, since an SQLite file is for one process. ` +
      'Let DATABASE_URL start with postgresql:, or leave NODES out.',
    ['NODES'],
  )
}

function parseOrigin(text: string): string {
  const example = 'ORIGIN must be scheme and host, like https://accounts.example.com'
  const refuse = (sentence: string): never => {
    throw new SettingError(sentence, ['ORIGIN'])
  }
  if (!URL.canParse(text)) refuse(`${example}, not "${text}".`)
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    refuse(`ORIGIN must start with https:// or http://, not "${url.protocol}".`)
  }
  if (url.username || url.password || url.search || url.hash || url.pathname !== '/') {
    refuse(`${example}, without a path, a name or a question mark.`)
  }
  return canonicalOrigin(url.protocol, url.host) ?? refuse(`${example}, not "${text}".`)
}

function refusePlainHttp(origin: string, host: string) {
  if (origin.startsWith('https:')) return
  if (isLoopbackHost(new URL(origin).hostname) && isLoopbackHost(host)) return
  throw new SettingError(
    'Passwords would cross the network unencrypted. Set ORIGIN to the https address under which ' +
      'your proxy serves Latchkey, or set ALLOW_HTTP=1 if you accept that.',
    ['ORIGIN', 'HOST'],
  )
}

/** Other machines would be sent to `localhost`, which is themselves. */
function refuseLocalLinks(host: string, port: number) {
  if (isLoopbackHost(host)) return
  throw new SettingError(
    `With HOST=${host} other machines reach Latchkey, but its links would lead them to localhost. ` +
      `Set ORIGIN too, as in ORIGIN=http://<address of this machine>:${port}`,
    ['HOST'],
  )
}

function parseChoice<const C extends string>(name: string, text: string, choices: readonly C[]): C {
  const choice = choices.find((known) => known === text)
  if (choice !== undefined) return choice
  throw new SettingError(`${name} must be one of ${choices.join(', ')}, not "${text}".`, [name])
}

function parseTrustProxy(text: string | undefined): TrustProxy {
  if (text === undefined || text === '0') return null
  if (/^\d$/.test(text)) return Number(text)
  const networks = text.split(',').map((network) => network.trim())
  try {
    // A bare number would be read as the address 0.0.0.10, say.
    if (networks.some((network) => /^\d+$/.test(network))) throw new TypeError('not a network')
    createClientAddress(networks)
    return networks
  } catch {
    throw new SettingError(
      'TRUST_PROXY must be a number of proxies from 0 to 9, or their addresses, like ' +
        `10.0.0.0/8,loopback, not "${text}".`,
      ['TRUST_PROXY'],
    )
  }
}

function parseSessionPolicy(get: (name: string) => string | undefined): SessionPolicy {
  const { idleTimeout, keptLimit, briefLimit } = DEFAULT_SESSION_POLICY
  const policy = {
    idleTimeout: parseDuration('SESSION_IDLE', get, COOKIE_LIFE) ?? idleTimeout,
    keptLimit: parseDuration('SESSION_KEPT', get, COOKIE_LIFE) ?? keptLimit,
    briefLimit: parseDuration('SESSION_BRIEF', get, COOKIE_LIFE) ?? briefLimit,
  }
  if (policy.keptLimit <= policy.briefLimit) {
    throw new SettingError(
      'SESSION_KEPT must be longer than SESSION_BRIEF, or keeping somebody signed in means nothing.',
      ['SESSION_KEPT', 'SESSION_BRIEF'],
    )
  }
  return policy
}

const LOWEST_COST = 10
const HIGHEST_COST = 15

function parseCost(text: string | undefined): number {
  if (text === undefined) return PASSWORD_COST
  const cost = Number(text)
  if (/^\d+$/.test(text) && cost >= LOWEST_COST && cost <= HIGHEST_COST) return cost
  throw new SettingError(
    `PASSWORD_COST must be a number from ${LOWEST_COST} to ${HIGHEST_COST}, not "${text}".`,
    ['PASSWORD_COST'],
  )
}
