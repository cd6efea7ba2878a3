import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node'
import { tooManyAsText } from '~/web/answers'
import { readSignedForm } from '~/web/forms'
import { actingAs, requireViewer } from '~/web/guards'
import { jsonDownload } from '~/web/json-download'

/** A download is asked for by a form: it is written down, and no other site can cause it. */
export async function loader({ request, context }: LoaderFunctionArgs): Promise<never> {
  await requireViewer(request, context)
  context.setHeader('Allow', 'POST')
  throw new Response('Use the button on the profile page.', { status: 405 })
}

/** Everything stored about the person who asks, as a JSON file. */
export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireViewer(request, context)
  await readSignedForm(request, context)
  const result = await context.services.exportAccount(actingAs(viewer, context))
  if (!result.ok) return tooManyAsText(result, context)
  return jsonDownload('latchkey-data.json', result.everything)
}
