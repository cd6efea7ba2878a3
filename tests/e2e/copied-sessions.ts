import { newId } from '../../app/accounts/row-id'
import type { TestServer } from '../support/server'

const BROWSERS = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
]

/** So many from each of the browsers. */
export async function copySessions(server: TestServer, email: string, ofEach: number) {
  for (const userAgent of BROWSERS) {
    for (let made = 0; made < ofEach; made += 1) await copySession(server, email, userAgent)
  }
}

/** One more like the first, from another browser. It opens nothing: its secret would begin with its id. */
async function copySession({ query }: TestServer, email: string, userAgent: string) {
  const same = ['tokenHash', 'formKey', 'userId', 'createdAt', 'lastSeenAt', 'authenticatedAt']
  const names = [...same, 'expiresAt', 'endsAt', 'ip'].map((name) => `"${name}"`).join(', ')
  await query(
    `INSERT INTO "Session" ("id", "userAgent", ${names}) SELECT ?, ?, ${names} FROM "Session"
     WHERE "userId" = (SELECT "id" FROM "User" WHERE "email" = ?) LIMIT 1`,
    newId(),
    userAgent,
    email,
  )
}
