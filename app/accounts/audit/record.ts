import type { Transaction } from '~/database/types'
import type { Clock } from '../time'
import { nameKeyOf } from '../name-key'
import { newId } from '../row-id'
import type { AuditKind } from './kinds'

/** A person as the log keeps them: by id, and by the name they had then. */
export type NamedPerson = { id: string; name: string }

export type AuditEntry = {
  kind: AuditKind
  /** Who did it; null for somebody who is not signed in, and for Latchkey itself. */
  actor: NamedPerson | null
  /** To whom. */
  subject: NamedPerson | null
  /** The session that acted. */
  sessionId?: string | null
  ip?: string | null
  /** Plain facts. Never a secret, a hash, or what somebody typed into a password field. */
  details?: Record<string, string | number | boolean | readonly string[] | null>
}

/** Writes down what happened, in the transaction that does it, so neither is there without the other. */
export type RecordAudit = (tx: Transaction, entry: AuditEntry) => Promise<void>

export function createRecordAudit({ clock }: { clock: Clock }): RecordAudit {
  return async (tx, { kind, actor, subject, sessionId = null, ip = null, details = {} }) => {
    const data = {
      id: newId(),
      at: clock.now(),
      kind,
      actorId: actor?.id ?? null,
      actorName: actor?.name ?? null,
      actorKey: actor && nameKeyOf(actor.name),
      subjectId: subject?.id ?? null,
      subjectName: subject?.name ?? null,
      subjectKey: subject && nameKeyOf(subject.name),
      sessionId,
      ip,
      details: JSON.stringify(details),
    }
    await tx.auditEvent.create({ data })
  }
}
