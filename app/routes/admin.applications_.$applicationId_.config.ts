import type { LoaderFunctionArgs } from '@remix-run/node'
import { askedProxy, configurationFile, fileName, noSuchApplication } from '~/web/application-forms'
import { requireAdmin } from '~/web/guards'

/** What one application adds to the configuration of a proxy, as a file. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  await requireAdmin(request, context)
  const proxy = askedProxy(request)
  const id = params.applicationId ?? ''
  const text = await context.services.printConfiguration(proxy, id)
  if (text === null) throw noSuchApplication()
  return configurationFile(text, fileName(id, proxy))
}
