import type { LoaderFunctionArgs } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { auditListSchema, KIND_OPTIONS } from '~/accounts/audit/schemas'
import { days } from '~/accounts/time'
import { requireAdmin } from '~/web/guards'
import { pageLinks } from '~/web/page-links'
import { titled } from '~/ui/frame/site-name'
import { AccountPage } from '~/ui/frame/account-page'
import { AuditSearch } from '~/ui/audit/audit-search'
import { AuditTable } from '~/ui/audit/audit-table'
import { Pagination } from '~/ui/display/pagination'
import { Panel } from '~/ui/frame/panel'
import { TextLink } from '~/ui/controls/text-link'

export const meta = titled('Audit log')

export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireAdmin(request, context)
  const { searchParams } = new URL(request.url)
  const asked = auditListSchema.parse(Object.fromEntries(searchParams))
  const { events, ...pages } = await context.services.searchAudit({
    person: asked.person,
    kind: asked.kind,
    sessionId: asked.session,
    from: asked.from ? new Date(asked.from) : undefined,
    // The day itself is meant to be in it.
    until: asked.until ? new Date(new Date(asked.until).getTime() + days(1)) : undefined,
    at: searchParams.get('at'),
  })
  return { events, asked, kinds: KIND_OPTIONS, pages: pageLinks(request.url, pages) }
}

export default function Audit() {
  const { events, asked, kinds, pages } = useLoaderData<typeof loader>()
  return (
    <AccountPage title="Audit log">
      <Panel
        flush
        heading="Who did what to whom"
        description="Written together with the thing itself, kept after the people are gone, and changed by nobody."
      >
        {asked.session && (
          <p className="px-5 pb-3">
            Only what session {asked.session.slice(-6)} did.{' '}
            <TextLink to="/admin/audit">Show everything</TextLink>
          </p>
        )}
        <AuditSearch asked={asked} kinds={kinds} />
        <AuditTable events={events} />
        <Pagination {...pages} />
      </Panel>
    </AccountPage>
  )
}
