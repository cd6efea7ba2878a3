import { randomUUID } from 'node:crypto'
import pino from 'pino'
import { afterAll } from 'vitest'
import type { Clock } from '../../app/accounts/time'
import type { StartedSession } from '../../app/accounts/sessions/insert'
import type { GivenProof } from '../../app/accounts/sign-in/step-up'
import type { VerifiedSession } from '../../app/accounts/sessions/verify'
import type { Acting } from '../../app/accounts/viewer'
import { parseSettings, type Settings } from '../../app/server/env'
import { createServices, type Services } from '../../app/server/services'
import { createFakeClock, type FakeClock } from './fake-clock'
import type { Queries } from './queries'
import { createTestDatabase } from './test-database'
import { until } from './until'

export const silentLog = pino({ level: 'silent' })

/** The lowest that bcrypt knows, below what the settings allow: these passwords guard nothing. */
export const CHEAP_PASSWORDS = 4

export type TestServices<C extends Clock = FakeClock> = Services &
  Queries & { clock: C; databaseUrl: string }

/**
 * Every service of the application on a database of its own, and another process's look at that, until
 * the tests of this file are over.
 */
export async function openServices(): Promise<TestServices>
export async function openServices<C extends Clock>(
  clock: C,
  settings?: Settings,
): Promise<TestServices<C>>
export async function openServices(clock: Clock = createFakeClock(), settings: Settings = {}) {
  const { url, drop, query, queryValue, queryEach, queryAll } = await createTestDatabase()
  const services = await openNode(url, clock, settings)
  afterAll(async () => {
    await services.close()
    await drop()
  })
  return { ...services, query, queryValue, queryEach, queryAll, clock, databaseUrl: url }
}

/** One more node on the same database, where several may be. */
export async function openSecondNode({ databaseUrl, clock }: TestServices): Promise<Services> {
  const services = await openNode(databaseUrl, clock)
  // Before the database goes: those that were registered last run first.
  afterAll(() => services.close())
  return services
}

function openNode(url: string, clock: Clock, settings: Settings = {}) {
  const parsed = parseSettings({ DATABASE_URL: url, SIGNUP: 'open', ...settings })
  const env = { ...parsed, passwordCost: CHEAP_PASSWORDS }
  return createServices({ env, log: silentLog, systemClock: clock, timeFrom: 'clock' })
}

/**
 * Waits until memory may be used, for tests of what is served from it: a node that was kept from
 * running for a while, by whatever else this machine does, asks the database for some time.
 */
export async function untilMemoryIsUsed({ nodes: { changes } }: Services): Promise<void> {
  await until(async () => {
    await changes.catchUp()
    return changes.areKnown()
  })
}

export const PASSWORD = 'seven green lanterns'

export type Person = {
  userId: string
  email: string
  name: string
  /** The session that the sign-up gave them. */
  first: SignedIn
}

export type SignedIn = StartedSession & { acting: Acting; verified: VerifiedSession }

/** Somebody new, signed in once. */
export async function addPerson(services: Services, name = 'Ada'): Promise<Person> {
  const unique = randomUUID()
  const email = `${name.toLowerCase()}-${unique}@example.com`
  const person = { name, email, role: 'user', disabledAt: null, sessions: [] } as const
  const add = await services.addPeople(PASSWORD)
  await add([{ ...person, sessions: [], createdAt: services.clock.now() }])
  const { id: userId } = await services.database.client.user.findUniqueOrThrow({ where: { email } })
  const first = await addSession(services, { userId }, { kept: false })
  return { userId, email, name, first }
}

/** Somebody new who administers, signed in once. */
export async function addAdministrator(services: Services, name = 'Grace'): Promise<Person> {
  const person = await addPerson(services, name)
  const { userId } = person
  await services.revocations.commit(async (tx, announce) => {
    await tx.user.update({ where: { id: userId }, data: { role: 'admin' } })
    announce({ type: 'user-changed', userId })
  })
  return { ...person, first: await signedIn(services, person.first) }
}

/** The secret of a new set-up link. */
export async function makeSetUpLink({ setUp }: Pick<Services, 'setUp'>): Promise<string> {
  const link = await setUp.createLink()
  if (link.state !== 'made') throw new Error(`No link: ${link.state}`)
  return link.secret
}

/** What a sign-in by password alone has proved. */
export const BY_PASSWORD = { signedInBy: 'password', secondFactor: null } as const

/** One more session of a person, past the check of the password. */
export async function addSession(
  services: Services,
  { userId }: { userId: string },
  { kept = true, ip = '192.0.2.1', userAgent = 'test', known, replacing }: Partial<Start> = {},
): Promise<SignedIn> {
  const result = await services.sessions.start({
    userId,
    verifiedHash: await hashOf(services, userId),
    kept,
    origin: { ip, userAgent, ...(known && { devices: { known: [known], remembered: [] } }) },
    proof: BY_PASSWORD,
    replacing,
  })
  if (!result.ok) throw new Error(`No session: ${result.code}`)
  if (!result.session) throw new Error('No session, but the question for a second step')
  return signedIn(services, result.session)
}
type Start = {
  kept: boolean
  ip: string
  userAgent: string
  /** What the browser keeps of a sign-in there before. */
  known: string
  replacing: string
}

/** The text of a new API token. */
export async function addToken(
  services: Services,
  { acting }: SignedIn,
  wanted: Partial<WantedToken> = {},
): Promise<string> {
  const made = await services.apiTokens.create(acting, { ...ANY_TOKEN, ...wanted })
  if (!made.ok) throw new Error(`No token: ${made.code}`)
  return made.text
}
export type WantedToken = Parameters<Services['apiTokens']['create']>[1]

export const ANY_TOKEN: WantedToken = { name: 'test', scopes: ['profile:read'], lifetimeDays: null }

/** The hash of a person's password, as a sign-in would have verified it. */
export async function hashOf({ database }: Services, userId: string): Promise<string> {
  const row = await database.client.password.findUniqueOrThrow({ where: { userId } })
  return row.hash
}

/** The same session when its person has proved again who they are. */
export async function provenAgain(
  services: Services,
  { acting }: SignedIn,
  given: Partial<GivenProof> = {},
): Promise<SignedIn> {
  const proof = { kind: 'password', text: PASSWORD, browser: '', ...given } as const
  const proved = await services.stepUp.prove(acting, { ip: acting.ip, userAgent: 'test' }, proof)
  if (!proved.ok) throw new Error(`Not proved: ${proved.code}`)
  return signedIn(services, proved.session)
}

async function signedIn(services: Services, session: StartedSession): Promise<SignedIn> {
  const verified = await services.sessions.verifySession(session.secret)
  if (!verified) throw new Error('A session that has just started is not active')
  return { ...session, verified, acting: { viewer: verified.value, ip: '192.0.2.1' } }
}
