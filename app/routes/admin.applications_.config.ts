import type { LoaderFunctionArgs } from '@remix-run/node'
import { proxySchema } from '~/applications/schemas'
import { configurationFile, fileName } from '~/web/application-forms'
import { requireAdmin } from '~/web/guards'

/** The whole configuration of a proxy, with the account site and every application, as a file. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireAdmin(request, context)
  const proxy = proxySchema.safeParse(new URL(request.url).searchParams.get('proxy'))
  if (!proxy.success) throw new Response(`${proxy.error.issues[0]?.message}.`, { status: 400 })
  const text = (await context.services.printConfiguration(proxy.data)) ?? ''
  return configurationFile(text, fileName('latchkey', proxy.data))
}
