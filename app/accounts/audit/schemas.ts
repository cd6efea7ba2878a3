import { z } from 'zod'
import { typedText } from '../text'
import { AUDIT_KINDS, type AuditKind } from './kinds'

export const KIND_OPTIONS = Object.entries(AUDIT_KINDS).map(([value, label]) => ({ value, label }))

/** What the audit log is asked for. Anything unknown in the URL means no such limit. */
export const auditListSchema = z.object({
  person: typedText(100, 'The person').catch(''),
  kind: z
    .enum(Object.keys(AUDIT_KINDS) as [AuditKind, ...AuditKind[]])
    .optional()
    .catch(undefined),
  session: z.string().max(36).optional().catch(undefined),
  from: z.iso.date().optional().catch(undefined),
  until: z.iso.date().optional().catch(undefined),
})
