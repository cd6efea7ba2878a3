import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node'
import { json } from '~/web/answers'
import { requireToken } from '~/web/guards'

export async function loader({ request, context }: LoaderFunctionArgs): Promise<never> {
  await requireToken(request, context, 'users:write')
  context.setHeader('Allow', 'DELETE')
  throw json({ error: 'method-not-allowed' }, 405)
}

/** DELETE: deletes the user, and answers what went. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const acting = await requireToken(request, context, 'users:write')
  if (request.method !== 'DELETE') {
    context.setHeader('Allow', 'DELETE')
    throw json({ error: 'method-not-allowed' }, 405)
  }
  const result = await context.services.access.remove(acting, params.userId ?? '')
  if (result.ok)
    return json({ ok: true, deleted: { ...result.went, openTabs: result.receipt.tabs } })
  return json({ error: ERRORS[result.code].error }, ERRORS[result.code].status)
}

const ERRORS = {
  NOT_ALLOWED: { error: 'unauthorized', status: 401 },
  NO_SUCH_USER: { error: 'not-found', status: 404 },
  OWN_ACCOUNT: { error: 'own-account', status: 409 },
  LAST_ADMIN: { error: 'last-administrator', status: 409 },
}
