import type { DatabaseOptions, Transaction } from '~/database/types'
import type { Clock } from '../time'
import { nameKeyOf } from '../name-key'
import { newId } from '../row-id'
import type { AuditKind } from './kinds'

/** A person as the log keeps them: by id, and by the name they had then. */
export type NamedPerson = { id: string; name: string }

/** The person with this id, in the transaction that writes of them; null when there is none any more. */
export const personOf = (tx: Transaction, id: string): Promise<NamedPerson | null> =>
  tx.user.findUnique({ where: { id }, select: { id: true, name: true } })

export type AuditEntry = {
  kind: AuditKind
  /** Who did it; null for somebody who is not signed in, for the operator, and for Latchkey itself. */
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

/** What `details.by` says where the operator did it, who is no person of the database. */
const BY_COMMAND_LINE = 'command-line'

/**
 * @param options.as who writes: what the command line does and nobody is named for, is said to be its
 */
export function createRecordAudit({
  clock,
  as = 'server',
}: {
  clock: Clock
  as?: DatabaseOptions['as']
}): RecordAudit {
  return async (tx, { kind, actor, subject, sessionId = null, ip = null, details = {} }) => {
    const isOperators = as === 'command-line' && actor === null
    const by = isOperators ? { by: BY_COMMAND_LINE } : {}
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
      details: JSON.stringify({ ...details, ...by }),
    }
    await tx.auditEvent.create({ data })
  }
}
