import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { TestServer } from './server'
import { openTab, type OpenTab } from './tab'

/** As many as one session may have open. */
const TABS_PER_SESSION = 50
const AT_ONCE = 100

/**
 * The secrets of so many sessions beside one that is there, written by another process: to sign in
 * that often would mostly hash passwords.
 */
export function manySessions(server: TestServer, model: string, count: number): string[] {
  const database = server.openDatabase()
  const columns = (database.pragma('table_info("Session")') as Array<{ name: string }>)
    .map(({ name }) => name)
    .filter((name) => name !== 'id' && name !== 'tokenHash')
    .map((name) => `"${name}"`)
    .join(', ')
  const copy = database.prepare(
    `INSERT INTO "Session" ("id", "tokenHash", ${columns})
     SELECT ?, ?, ${columns} FROM "Session" WHERE "tokenHash" = ?`,
  )
  const hash = (secret: string) => createHash('sha256').update(secret).digest()
  const secrets = Array.from({ length: count }, () => randomBytes(32).toString('base64url'))
  database.transaction(() => {
    for (const secret of secrets) copy.run(randomUUID(), hash(secret), hash(model))
  })()
  database.close()
  return secrets
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
