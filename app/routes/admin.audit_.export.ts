import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node'
import { auditFilterOf, auditListSchema, isUnderstood } from '~/accounts/audit/schemas'
import { tooManyAsText } from '~/web/answers'
import { AUDIT_FILES, type AuditFormat } from '~/web/audit-files'
import { download } from '~/web/download'
import { readSignedForm } from '~/web/forms'
import { actingAs, requireAdmin } from '~/web/guards'

/** A download is asked for by a form: it is written down, and no other site can cause it. */
export async function loader({ request, context }: LoaderFunctionArgs): Promise<never> {
  await requireAdmin(request, context)
  context.setHeader('Allow', 'POST')
  throw new Response('Use the buttons on the page of the audit log.', { status: 405 })
}

/** All that a search of the audit log finds, as a file. */
export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireAdmin(request, context)
  const form = await readSignedForm(request, context)
  const format: AuditFormat = form.get('format') === 'jsonl' ? 'jsonl' : 'csv'
  const asked = auditListSchema.parse(Object.fromEntries(form))
  if (!isUnderstood(form, asked)) throw new Response(NOT_UNDERSTOOD, { status: 400 })
  const { exportAudit } = context.services
  const result = await exportAudit(actingAs(viewer, context), auditFilterOf(asked), format)
  if (!result.ok) return tooManyAsText(result, context)
  const { type, textsOf } = AUDIT_FILES[format]
  const day = result.exportedAt.toISOString().slice(0, 10)
  return download({
    filename: `latchkey-audit-${day}.${format}`,
    type,
    texts: textsOf(result.events),
  })
}

const NOT_UNDERSTOOD =
  'The search could not be understood. Search again, and download what is found.'
