import type { LoaderFunctionArgs } from '@remix-run/node'
import { askedProxy, configurationFile, fileName } from '~/web/application-forms'
import { requireAdmin } from '~/web/guards'

/** The whole configuration of a proxy, with the account site and every application, as a file. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireAdmin(request, context)
  const proxy = askedProxy(request)
  const text = (await context.services.printConfiguration(proxy)) ?? ''
  return configurationFile(text, fileName('latchkey', proxy))
}
