import type { Logger } from 'pino'
import { LRUCache } from 'lru-cache'
import type { Database } from '~/database/database'
import { batchesById } from '../batches'
import type { Clock } from '../clock'
import { seconds } from '../duration'
import { createEpoch } from '../epoch'
import type { Revocations } from '../revocations'
import { bytesOfKey, secretKey } from '../secret-token'
import { scopesFor, scopesFromText, type Bearer } from './scopes'
import { looksLikeToken } from './token-text'

export type VerifyToken = {
  /** Whose token it is, with the scopes that its owner's role still carries; null when it opens nothing. */
  verify(text: unknown, ip: string): Promise<Bearer | null>
  /** From memory alone: undefined when memory cannot tell. */
  verifyFromMemory(text: string, ip: string): Bearer | undefined
  /** Writes when and from where tokens were last used. */
  flush(): Promise<void>
}

const CACHE_SIZE = 10_000
/** A use this soon after the last known one from the same address is not news. */
const USE_RESOLUTION = seconds(15)

type Entry = { bearer: Bearer; expiresAt: number; lastUse: { at: number; ip: string } }

/**
 * The one answer to "whose API token is this?". Remembered like sessions, and forgotten wholesale
 * whenever a token, its owner or the outcome of a commit changes: tokens change rarely.
 */
export function createVerifyToken({
  database,
  revocations,
  clock,
  log,
}: {
  database: Database
  revocations: Revocations
  clock: Clock
  log: Logger
}): VerifyToken {
  const cache = new LRUCache<string, Entry>({ max: CACHE_SIZE })
  const used = new Map<string, { lastUsedAt: Date; lastUsedIp: string }>()
  const epoch = createEpoch()

  function forgetEverything() {
    epoch.raise()
    cache.clear()
  }
  revocations.subscribe(({ type }) => {
    if (type !== 'session-started' && type !== 'sessions-ended') forgetEverything()
  })
  database.foreignChanges.onChange(forgetEverything)

  function remembered(key: string): Entry | undefined {
    if (!database.foreignChanges.isFresh()) return undefined
    const entry = cache.get(key)
    return entry && entry.expiresAt > clock.time() ? entry : undefined
  }

  async function read(key: string): Promise<Entry | null> {
    const nothingChanged = epoch.begin()
    const row = await database.client.apiToken.findUnique({
      where: { tokenHash: bytesOfKey(key) },
      select: {
        id: true,
        name: true,
        scopes: true,
        expiresAt: true,
        user: { select: { id: true, name: true, email: true, role: true, disabledAt: true } },
      },
    })
    // A user who was deleted between the two reads of this query is null at run time.
    const owner: { disabledAt: Date | null } | null | undefined = row?.user
    if (!row || !owner || owner.disabledAt) return null
    const expiresAt = row.expiresAt?.getTime() ?? Infinity
    if (expiresAt <= clock.time()) return null
    const { id, name, email, role } = row.user
    const scopes = scopesFromText(row.scopes).filter((scope) => scopesFor(role).includes(scope))
    const bearer: Bearer = {
      user: { id, name, email, role },
      token: { id: row.id, name: row.name, scopes },
    }
    const entry = { bearer, expiresAt, lastUse: { at: 0, ip: '' } }
    // As for sessions: what was read before something ended must not be remembered after.
    if (nothingChanged()) cache.set(key, entry)
    return entry
  }

  function use(entry: Entry, ip: string): Bearer {
    const at = clock.time()
    const { lastUse, bearer } = entry
    if (lastUse.ip !== ip || Math.abs(at - lastUse.at) > USE_RESOLUTION) {
      entry.lastUse = { at, ip }
      used.set(bearer.token.id, { lastUsedAt: new Date(at), lastUsedIp: ip })
    }
    return bearer
  }

  return {
    async verify(text, ip) {
      if (!looksLikeToken(text)) return null
      const key = secretKey(text)
      if (!database.foreignChanges.isFresh()) await database.foreignChanges.refresh()
      const entry = remembered(key) ?? (await read(key))
      return entry && use(entry, ip)
    },
    verifyFromMemory(text, ip) {
      // Only what was a token is remembered, so it need not look like one here.
      const entry = remembered(secretKey(text))
      return entry && use(entry, ip)
    },
    async flush() {
      for (const batch of batchesById(used)) {
        try {
          await database.transaction(async (tx) => {
            // An update of rows that are there: a use cannot bring a revoked token back.
            for (const [id, data] of batch) await tx.apiToken.updateMany({ where: { id }, data })
          })
        } catch (error) {
          return log.warn({ err: error }, 'uses of tokens will be written later')
        }
        for (const [id, data] of batch) if (used.get(id) === data) used.delete(id)
      }
    },
  }
}
