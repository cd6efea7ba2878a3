import { z } from 'zod'
import { searchedText, typedText } from '../text'
import { days } from '../time'
import { AUDIT_KINDS, type AuditKind } from './kinds'
import type { AuditFilter } from './search'

/** What can be searched for, in words. A link that its owner asked for is of the kind of one that was made. */
export const KIND_OPTIONS = Object.entries({
  ...AUDIT_KINDS,
  'link.created': 'Password link created or asked for',
}).map(([value, label]) => ({ value, label }))

/** The day after it has no date of four digits, which is what dates are compared as. */
const LAST_DAY = '9999-12-31'

/** What the audit log is asked for. Anything unknown in the URL means no such limit. */
export const auditListSchema = z.object({
  person: searchedText(100),
  kind: z
    .enum(Object.keys(AUDIT_KINDS) as [AuditKind, ...AuditKind[]])
    .optional()
    .catch(undefined),
  session: typedText(36, 'The session').optional().catch(undefined),
  by: typedText(36, 'The person').optional().catch(undefined),
  about: typedText(36, 'The person').optional().catch(undefined),
  from: z.iso.date().optional().catch(undefined),
  until: z.iso
    .date()
    .refine((day) => day < LAST_DAY)
    .optional()
    .catch(undefined),
})

export type AskedAudit = z.infer<typeof auditListSchema>

/** Whether all that was asked is understood: a file that names a search must not be of everything. */
export const isUnderstood = (typed: URLSearchParams, asked: AskedAudit): boolean =>
  Object.entries(asked).every(([name, value]) => value !== undefined || !typed.get(name))

/** What a form or an address asks of the log. */
export const auditFilterOf = (asked: AskedAudit): AuditFilter => ({
  person: asked.person,
  kind: asked.kind,
  sessionId: asked.session,
  actorId: asked.by,
  subjectId: asked.about,
  from: asked.from ? new Date(asked.from) : undefined,
  // The day itself is meant to be in it.
  until: asked.until ? new Date(new Date(asked.until).getTime() + days(1)) : undefined,
})
