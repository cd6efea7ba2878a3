import { redirect, type LoaderFunctionArgs } from '@remix-run/node'
import { findViewer } from '~/web/guards'
import { homeOf } from '~/web/home'

export async function loader({ request, context }: LoaderFunctionArgs) {
  const viewer = await findViewer(request, context)
  return redirect(viewer ? await homeOf(viewer.user.id, context) : '/login')
}

/** Never shown; with it, what goes wrong here is answered by a page too. */
export default function Index() {
  return null
}
