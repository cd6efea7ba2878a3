import type { Database } from '~/database/types'
import type { AttemptLimits } from '../attempt-limits'
import type { Clock } from '../time'
import type { Acting } from '../viewer'
import type { RecordAudit } from './record'
import { createReadAudit, type AuditFilter, type AuditRow } from './search'

/** Events read at a time: a log of a million is never whole in memory. */
const BATCH = 1_000

/** For administrators: what a search of the audit log finds, all of it, newest first. */
export function createExportAudit({
  database,
  limits,
  record,
  clock,
  batch = BATCH,
}: {
  database: Database
  limits: AttemptLimits
  record: RecordAudit
  clock: Clock
  batch?: number
}) {
  const readAudit = createReadAudit({ database })

  /** @param format what is written down beside who took it and what they searched for */
  return (acting: Acting, filter: AuditFilter, format: string) => {
    const { user, session } = acting.viewer
    return limits.within({ limit: 'administration', of: user.id }, async () => {
      const exportedAt = clock.now()
      const details = { format, ...inWords(filter) }
      const entry = { actor: user, subject: null, sessionId: session.id, ip: acting.ip, details }
      await database.transaction((tx) => record(tx, { kind: 'audit.exported', ...entry }))
      return { ok: true as const, exportedAt, events: batchesOf(filter) }
    })
  }

  /** What is written meanwhile is newer than the first of them, and not in it. */
  async function* batchesOf(filter: AuditFilter): AsyncGenerator<AuditRow[], void, void> {
    for (let last: AuditRow | undefined; ;) {
      const cursor = last
        ? { direction: 'after' as const, value: last.at.toISOString(), id: last.id }
        : null
      const events = await readAudit(filter, { cursor, take: batch })
      yield events
      if (events.length < batch) return
      last = events.at(-1)
    }
  }
}

/** What was searched for, of what was searched for. */
const inWords = (filter: AuditFilter): Record<string, string> =>
  Object.fromEntries(
    Object.entries(filter)
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value]) => [name, value instanceof Date ? value.toISOString() : String(value)]),
  )

export type ExportAudit = ReturnType<typeof createExportAudit>
