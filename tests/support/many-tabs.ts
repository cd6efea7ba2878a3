import { newId } from '~/accounts/row-id'
import { hashSecret } from '~/accounts/secret-token'
import { createRowSecret, rowIdOf } from '~/accounts/row-secret'
import type { TestServer } from './server'
import { openTab, type OpenTab } from './tab'

/** As many as one session may have open. */
const TABS_PER_SESSION = 50
const AT_ONCE = 100

/**
 * The secrets of so many sessions beside one that is there, written by another process: to sign in
 * that often would mostly hash passwords.
 */
export async function manySessions(
  server: TestServer,
  model: string,
  count: number,
): Promise<string[]> {
  const [session = {}] = await server.query('SELECT * FROM "Session" LIMIT 1')
  const columns = Object.keys(session)
    .filter((name) => name !== 'id' && name !== 'tokenHash')
    .map((name) => `"${name}"`)
    .join(', ')
  const sessions = Array.from({ length: count }, () => {
    const id = newId()
    return { id, secret: createRowSecret(id) }
  })
  await server.queryEach(
    `INSERT INTO "Session" ("id", "tokenHash", ${columns})
     SELECT ?, ?, ${columns} FROM "Session" WHERE "id" = ?`,
    sessions.map(({ id, secret }) => [id, hashSecret(secret), rowIdOf(model)]),
  )
  return sessions.map(({ secret }) => secret)
}

/** Every tab that these sessions may have, each by the secret of its session. */
export const tabsOf = (secrets: readonly string[]): string[] =>
  secrets.flatMap((secret) => Array<string>(TABS_PER_SESSION).fill(secret))

/** Opens them, so many at a time that nothing is in a hurry. */
export async function openCalmly(
  server: TestServer,
  secrets: readonly string[],
): Promise<OpenTab[]> {
  const tabs: OpenTab[] = []
  for (let start = 0; start < secrets.length; start += AT_ONCE) {
    const batch = secrets.slice(start, start + AT_ONCE)
    tabs.push(...(await Promise.all(batch.map((secret) => openTab(server, secret)))))
  }
  return tabs
}
