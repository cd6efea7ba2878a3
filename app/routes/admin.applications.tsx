import type { LoaderFunctionArgs } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { useMemo } from 'react'
import { proxySchema } from '~/applications/schemas'
import { compareCommand } from '~/web/application-forms'
import { requireAdmin } from '~/web/guards'
import { removedMessage } from '~/web/messages'
import { titled } from '~/ui/frame/site'
import { ApplicationsTable } from '~/ui/applications/applications-table'
import { ConfigurationPanel } from '~/ui/applications/configuration-panel'
import { ButtonLink } from '~/ui/controls/button'
import { AccountPage } from '~/ui/frame/account-page'
import { Outcome } from '~/ui/frame/outcome'
import { Panel } from '~/ui/frame/panel'

export const meta = titled('Applications')

export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireAdmin(request, context)
  const { searchParams } = new URL(request.url)
  const { applications, applicationSignIns, printConfiguration } = context.services
  const proxy = proxySchema.catch('nginx').parse(searchParams.get('proxy'))
  const [listed, signedIn] = await Promise.all([applications.list(), applicationSignIns.counts()])
  return {
    applications: listed.map(({ id, name, address, forEverybody, groups }) => ({
      ...{ id, name, address, forEverybody, groups },
      signedIn: signedIn.get(id) ?? 0,
    })),
    proxies: proxySchema.options,
    proxy,
    configuration: (await printConfiguration(proxy)) ?? '',
    compareCommand: compareCommand(proxy),
    removed: removedMessage(searchParams),
  }
}

export default function Applications() {
  const { applications, removed, ...page } = useLoaderData<typeof loader>()
  // The same words are the same message, however often the page refreshes itself.
  const { title, detail } = removed ?? {}
  const said = useMemo(() => (title ? { title, detail } : null), [title, detail])
  return (
    <AccountPage
      title="Applications"
      actions={
        applications.length > 0 && (
          <ButtonLink to="/admin/applications/new" tone="primary">
            Add an application
          </ButtonLink>
        )
      }
    >
      <Outcome message={said} />
      <Panel
        flush
        heading="What people reach with their account"
        description="A reverse proxy in front of each asks Latchkey about every request."
      >
        <ApplicationsTable applications={applications} />
      </Panel>
      {applications.length > 0 && (
        <ConfigurationPanel
          description="For Latchkey and all applications together. The page of an application has its own part alone."
          proxies={page.proxies}
          proxy={page.proxy}
          configuration={page.configuration}
          compareCommand={page.compareCommand}
          downloadAt="/admin/applications/config"
        />
      )}
    </AccountPage>
  )
}
