import { redirect, type LoaderFunctionArgs } from '@remix-run/node'
import { findViewer } from '~/web/guards'

export async function loader({ request, context }: LoaderFunctionArgs) {
  return redirect((await findViewer(request, context)) ? '/profile' : '/login')
}

/** Never shown; with it, what goes wrong here is answered by a page too. */
export default function Index() {
  return null
}
