import { setImmediate as everythingThatFollows } from 'node:timers/promises'
import { minutes } from '../../app/accounts/time'
import { newId } from '../../app/accounts/row-id'
import { hashSecret } from '../../app/accounts/secret-token'
import { createIdentityCache } from '../../app/accounts/sessions/identity-cache'
import { createRowSecret } from '../../app/accounts/row-secret'
import { createVerify } from '../../app/accounts/sessions/verify'
import type { Listener, Revocation } from '../../app/accounts/revocations'
import type { Viewer } from '../../app/accounts/viewer'
import { createFakeClock } from './fake-clock'

/** One thing that happens, to the session, read or announcement that the number chooses. */
export type Step = {
  do:
    | 'start'
    | 'ask'
    | 'read row'
    | 'answer'
    | 'end'
    | 'replace secret'
    | 'change user'
    | 'delete elsewhere'
    | 'tell'
    | 'extend'
    | 'pass'
  which: number
}

/** `version` is of its user, and only grows; the user's name carries it. */
type Row = { id: string; secret: string; userId: string; version: number; expiresAt: number }
type Read = { id: string; row?: Row | null; answer: (row: object | null) => void }
type Parts = Parameters<typeof createVerify>[0]

const USERS = 2
const IDLE = minutes(10)
const NEVER = new Date(8.64e15)

/**
 * Verification as it is, over a database that is simple enough to be right and whose reads take as
 * many steps as a story likes. What was committed but not yet told may still be served, for nobody
 * has had an answer; to whoever asks after it was told, it may not, from memory or otherwise.
 */
export function createVerifyWorld({ guardReads }: { guardReads: boolean }) {
  // Small, so that entries are also pushed out.
  const clock = createFakeClock()
  const listeners = new Set<Listener>()
  const cache = createIdentityCache({
    revocations: {
      subscribe(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    changes: { areKnown: () => true, catchUp: () => Promise.resolve() },
    clock,
    max: 3,
    guardReads,
  })
  const announce = (revocation: Revocation) => listeners.forEach((listener) => listener(revocation))
  const rows: Row[] = []
  const reads: Read[] = []
  const untold: Array<() => void> = []
  const issued = new Map<string, Row>()
  const refused = new Set<string>()
  const toldVersion = new Map<string, number>()
  const versions = new Map<string, number>()
  const faults: Error[] = []
  let served = 0
  let shared = 0

  const { verify, verifyFromMemory } = createVerify({
    cache,
    database: { client: { $queryRaw: readLater } } as unknown as Parts['database'],
  })

  /** Runs a step, and then asks memory about every secret there ever was. */
  async function run({ do: what, which }: Step): Promise<void> {
    steps[what](which)
    await everythingThatFollows()
    for (const secret of issued.keys()) {
      const viewer = verifyFromMemory(secret)
      if (viewer) check(secret, viewer, knownOf(secret))
    }
    if (faults[0]) throw faults[0]
  }

  const steps: Record<Step['do'], (which: number) => void> = {
    start(which) {
      const userId = `user ${which % USERS}`
      const row = { id: newId(), userId, version: versions.get(userId) ?? 0 }
      rows.push(withNewSecret({ ...row, secret: '', expiresAt: clock.time() + IDLE }))
    },
    ask(which) {
      const secret = at([...issued.keys()], which)
      if (secret === undefined) return
      const known = knownOf(secret)
      const readsBefore = reads.length
      const isRemembered = verifyFromMemory(secret) !== undefined
      void verify(secret).then((viewer) => viewer && check(secret, viewer, known))
      if (!isRemembered && reads.length === readsBefore) shared += 1
    },
    'read row'(which) {
      const read = at(reads, which)
      if (!read || read.row !== undefined) return
      const row = rows.find(({ id }) => id === read.id)
      read.row = row ? { ...row } : null
    },
    answer(which) {
      const read = at(reads, which)
      if (read?.row === undefined) return
      reads.splice(reads.indexOf(read), 1)
      read.answer(read.row && selected(read.row))
    },
    end(which) {
      const row = remove(which)
      if (row) tellLater(row.secret, ended(row))
    },
    'delete elsewhere'(which) {
      const row = remove(which)
      if (row) tellLater(row.secret, { type: 'unknown' })
    },
    'replace secret'(which) {
      const row = at(rows, which)
      if (!row) return
      const old = row.secret
      withNewSecret(row)
      tellLater(old, { type: 'secret-replaced', userId: row.userId, sessionId: row.id })
    },
    'change user'(which) {
      const userId = `user ${which % USERS}`
      const version = (versions.get(userId) ?? 0) + 1
      versions.set(userId, version)
      for (const row of rows) if (row.userId === userId) row.version = version
      untold.push(() => {
        announce({ type: 'user-changed', userId })
        toldVersion.set(userId, Math.max(version, toldVersion.get(userId) ?? 0))
      })
    },
    tell(which) {
      const telling = at(untold, which)
      if (!telling) return
      untold.splice(untold.indexOf(telling), 1)
      telling()
    },
    extend(which) {
      const row = at(rows, which)
      if (!row || row.expiresAt <= clock.time()) return
      row.expiresAt = clock.time() + IDLE
      cache.extend(row.id, row.expiresAt)
    },
    pass(which) {
      clock.pass((IDLE * which) / 5)
    },
  }

  function readLater(_: TemplateStringsArray, id: string) {
    return new Promise((resolve) => reads.push({ id, answer: (row) => resolve(row ? [row] : []) }))
  }

  function withNewSecret(row: Row): Row {
    row.secret = createRowSecret(row.id)
    issued.set(row.secret, row)
    return row
  }

  /** What everybody has been told about a secret by now. */
  function knownOf(secret: string) {
    return {
      isRefused: refused.has(secret),
      version: toldVersion.get(issued.get(secret)!.userId) ?? 0,
    }
  }

  function check(secret: string, viewer: Viewer, known: ReturnType<typeof knownOf>) {
    served += 1
    const { id, userId, expiresAt } = issued.get(secret)!
    const fault = (what: string) => faults.push(new Error(what))
    if (viewer.session.id !== id) fault(`${viewer.session.id} was served for ${id}`)
    if (known.isRefused) fault(`${id} was served after its ending`)
    if (Number(viewer.user.name) < known.version) fault(`${userId} was served as they were before`)
    if (expiresAt <= clock.time()) fault(`${id} was served after it expired`)
  }

  function tellLater(endedSecret: string, revocation: Revocation) {
    untold.push(() => {
      announce(revocation)
      refused.add(endedSecret)
    })
  }

  function remove(which: number): Row | undefined {
    const row = at(rows, which)
    if (row) rows.splice(rows.indexOf(row), 1)
    return row
  }

  return {
    run,
    /** How often somebody was served, and how often somebody was given another's read. */
    counts: () => ({ served, shared }),
  }
}

const at = <T>(list: readonly T[], which: number): T | undefined => list[which % list.length]

/** A row as the query selects it. */
const selected = ({ id, secret, userId, version, expiresAt }: Row) => ({
  id,
  tokenHash: hashSecret(secret),
  formKey: Buffer.alloc(32),
  createdAt: new Date(0),
  expiresAt: new Date(expiresAt),
  endsAt: NEVER,
  userId,
  name: String(version),
  email: '',
  role: 'user',
})

const ended = ({ id, userId }: Row): Revocation => ({
  type: 'sessions-ended',
  userId,
  sessionIds: [id],
  reason: 'signed-out',
})
