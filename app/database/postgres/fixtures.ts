import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { expect, onTestFinished } from 'vitest'
import {
  administer,
  serversUrl,
  createPostgresDatabase,
  urlOf,
} from '../../../tests/support/postgres/databases'
import type { Wanted } from '../../../tests/support/postgres/keeper.js'
import { startPostgres } from '../../../tests/support/postgres/start.js'
import { startTcpProxy } from '../../../tests/support/tcp-proxy'
import { until } from '../../../tests/support/until'
import { isDatabaseUnusable } from '../errors'
import { someSession, someToken, someUser, steadyClock } from '../fixtures'
import { openDatabase } from '../open'
import type { Channel, DatabaseOptions, Notice } from '../types'

export { someSession, someToken, someUser, steadyClock }

/** The address of a database that is migrated and empty, and gone after the test. */
export async function temporaryDatabase(): Promise<string> {
  const { url, drop } = await createPostgresDatabase()
  onTestFinished(drop)
  return url
}

let count = 0

/** The same without any tables, and with what is said after CREATE DATABASE. */
export async function bareDatabase(options = 'OWNER "latchkey"'): Promise<string> {
  const name = `bare_${process.pid}_${(count += 1)}`
  await administer(`CREATE DATABASE "${name}" ${options}`)
  onTestFinished(() => administer(`DROP DATABASE "${name}" WITH (FORCE)`))
  return urlOf(serversUrl(), name)
}

/** Opens a database that is closed after the test. */
export async function openTemporary(url?: string, options: Partial<DatabaseOptions> = {}) {
  const address = url ?? (await temporaryDatabase())
  const database = await openDatabase({ url: address, clock: steadyClock, ...options })
  onTestFinished(() => database.close())
  return { ...database, channel: channelOf(database), url: address }
}

function channelOf({ others }: { others: object }): Channel {
  if (!('channel' in others)) throw new Error('This database has no channel')
  return others.channel as Channel
}

/** A connection of somebody else's, until the test is over. */
export async function connectTo(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

/** The same as an administrator of the server. */
export function connectAsAdministrator(url: string): Promise<pg.Client> {
  const address = new URL(url)
  address.username = 'postgres'
  return connectTo(address.href)
}

/** A PostgreSQL of the test's own. Returns its administrator's address. */
export async function ownPostgres(wanted: Wanted): Promise<string> {
  const { url, stop } = await startPostgres(wanted)
  onTestFinished(stop)
  return url
}

/** A database behind a way that can be made to fail: `past` is the address past it. */
export async function openBehindProxy(options: Partial<DatabaseOptions> = {}) {
  const past = await temporaryDatabase()
  const url = new URL(past)
  const way = await startTcpProxy(Number(url.port))
  onTestFinished(() => way.close())
  url.port = String(way.port)
  return { ...(await openTemporary(url.href, options)), way, past }
}

/** What is heard of a database, in its order, until the test is over. */
export async function listenTo({ channel }: { channel: Channel }) {
  const heard: Notice[] = []
  const lost: unknown[] = []
  const listening = await channel.listen(
    (notice) => heard.push(notice),
    (error) => lost.push(error),
  )
  onTestFinished(() => listening.close())
  return { heard, lost, close: () => listening.close() }
}

/**
 * Two people with sessions and API tokens, and a way to find out what is announced of a piece of work,
 * in its order.
 */
export async function openAndHear() {
  const database = await openTemporary()
  const { client, channel } = database
  await client.user.createMany({ data: ['ada', 'bob'].map(someUser) })
  await client.session.createMany({
    data: [someSession('one', 'ada'), someSession('two', 'ada'), someSession('three', 'bob')],
  })
  await client.apiToken.createMany({
    data: [someToken('program', 'ada'), someToken('other', 'bob')],
  })
  const { heard } = await listenTo(database)

  /** What was sent before it has been heard then. */
  async function mark() {
    const id = randomUUID()
    await channel.askForTabs(id, 'nobody')
    return until(
      () => heard.findIndex((notice) => notice.type === 'question' && notice.id === id) + 1,
    )
  }

  async function hear(work: () => Promise<unknown>) {
    const from = await mark()
    await work()
    const changes = heard.slice(from, await mark())
    return changes.flatMap((notice) => (notice.type === 'change' ? [notice.change] : []))
  }

  return { ...database, hear, sql: (text: string) => client.$executeRawUnsafe(text) }
}

export async function expectUnusable(open: () => Promise<unknown>, sentence: string) {
  const error = await open().catch((error: unknown) => error)
  expect(error).toSatisfy(isDatabaseUnusable)
  expect((error as Error).message).toContain(sentence)
}

/** What a promise is rejected with. */
export const failureOf = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => undefined,
    (error: unknown) => error,
  )
