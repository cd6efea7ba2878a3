import type { LoaderFunctionArgs } from '@remix-run/node'
import { proxySchema } from '~/applications/schemas'
import { configurationFile, fileName, noSuchApplication } from '~/web/application-forms'
import { requireAdmin } from '~/web/guards'

/** What one application adds to the configuration of a proxy, as a file. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  await requireAdmin(request, context)
  const proxy = proxySchema.safeParse(new URL(request.url).searchParams.get('proxy'))
  if (!proxy.success) throw new Response(`${proxy.error.issues[0]?.message}.`, { status: 400 })
  const id = params.applicationId ?? ''
  const text = await context.services.printConfiguration(proxy.data, id)
  if (text === null) throw noSuchApplication()
  return configurationFile(text, fileName(id, proxy.data))
}
