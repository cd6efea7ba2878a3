/** What the tests of both databases are made of. */

export const steadyClock = { now: () => new Date(), monotonic: () => performance.now() }

/** What a test needs to create a user. */
export function someUser(id: string) {
  const now = new Date()
  const names = { email: `${id}@example.com`, username: id, name: id, nameKey: id }
  return { id, ...names, createdAt: now, updatedAt: now, lastActiveAt: now }
}

/** What a test needs to create a session of a user who is there. */
export function someSession(id: string, userId: string) {
  const now = new Date()
  const times = {
    createdAt: now,
    lastSeenAt: now,
    authenticatedAt: now,
    expiresAt: now,
    endsAt: now,
  }
  const secrets = { tokenHash: new Uint8Array([1]), formKey: new Uint8Array([2]) }
  return { id, userId, ...secrets, ...times, ip: '192.0.2.1', userAgent: 'test' }
}

/** What a test needs to create an API token of a user who is there. */
export function someToken(id: string, userId: string) {
  const tokenHash = new TextEncoder().encode(id)
  return {
    id,
    userId,
    tokenHash,
    name: id,
    scopes: '',
    createdAt: new Date(),
    createdBySession: 's',
  }
}

const AT = '2030-01-01T00:00:00.000+00:00'
const LATER = '2031-01-01T00:00:00.000+00:00'

type OldEvent = [kind: string, actor: string | null, at: string]

/** People of a database that knew no usernames: what its log says of them, and who entered the address. */
export const OLD_PEOPLE: Record<
  string,
  { role: 'user' | 'admin'; events: OldEvent[]; confirmed: boolean }
> = {
  'the-first': { role: 'admin', events: [['user.created', 'the-first', AT]], confirmed: true },
  invited: { role: 'user', events: [['user.created', 'the-first', AT]], confirmed: true },
  'signed-up': { role: 'user', events: [['user.created', 'signed-up', AT]], confirmed: false },
  promoted: {
    role: 'admin',
    events: [
      ['user.created', 'promoted', AT],
      ['user.role-changed', 'the-first', LATER],
    ],
    confirmed: false,
  },
  moved: {
    role: 'user',
    events: [
      ['user.created', 'the-first', AT],
      ['user.email-changed', 'moved', LATER],
    ],
    confirmed: false,
  },
  corrected: {
    role: 'user',
    events: [
      ['user.created', 'corrected', AT],
      ['user.email-changed', 'the-first', LATER],
    ],
    confirmed: true,
  },
  'written-anew': {
    role: 'user',
    events: [
      ['user.created', 'the-first', AT],
      ['user.email-changed', null, LATER],
    ],
    confirmed: true,
  },
  forgotten: { role: 'admin', events: [['user.renamed', 'the-first', AT]], confirmed: false },
}

/** What puts them into that database, whichever it is. */
export const INSERT_OLD_PEOPLE = Object.entries(OLD_PEOPLE)
  .flatMap(([id, { role, events }]) => [
    `INSERT INTO "User" ("id", "email", "name", "nameKey", "role", "createdAt", "updatedAt", "lastActiveAt")
     VALUES ('${id}', '${id}@example.com', '${id}', '${id}', '${role}', '${AT}', '${AT}', '${AT}')`,
    `INSERT INTO "Password" VALUES ('${id}', 'x', '${AT}')`,
    ...events.map(
      ([kind, actor, at], index) =>
        `INSERT INTO "AuditEvent" ("id", "at", "kind", "actorId", "subjectId", "details")
         VALUES ('${id}-${index}', '${at}', '${kind}', ${actor === null ? 'NULL' : `'${actor}'`}, '${id}', '{}')`,
    ),
  ])
  .join(';\n')
