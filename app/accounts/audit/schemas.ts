import { z } from 'zod'
import { typedText } from '../text'
import { AUDIT_KINDS, type AuditKind } from './kinds'

export const KIND_OPTIONS = Object.entries(AUDIT_KINDS).map(([value, label]) => ({ value, label }))

/** The day after it has no date of four digits, which is what dates are compared as. */
const LAST_DAY = '9999-12-31'

/** What the audit log is asked for. Anything unknown in the URL means no such limit. */
export const auditListSchema = z.object({
  person: typedText(100, 'The person').catch(''),
  kind: z
    .enum(Object.keys(AUDIT_KINDS) as [AuditKind, ...AuditKind[]])
    .optional()
    .catch(undefined),
  session: typedText(36, 'The session').optional().catch(undefined),
  from: z.iso.date().optional().catch(undefined),
  until: z.iso
    .date()
    .refine((day) => day < LAST_DAY)
    .optional()
    .catch(undefined),
})
