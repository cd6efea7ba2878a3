import type { AppLoadContext, LoaderFunctionArgs } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import {
  auditFilterOf,
  auditListSchema,
  KIND_OPTIONS,
  type AskedAudit,
} from '~/accounts/audit/schemas'
import type { AuditRow } from '~/accounts/audit/search'
import { requireAdmin } from '~/web/guards'
import { retentionInWords } from '~/web/messages'
import { pageLinks } from '~/web/page-links'
import { shownEvents } from '~/web/shown-events'
import { titled } from '~/ui/frame/site'
import { AccountPage } from '~/ui/frame/account-page'
import { AuditExport } from '~/ui/audit/audit-export'
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
  const { searchAudit, sessionStarts, usersAmong } = context.services
  const filter = auditFilterOf(asked)
  const { events, ...pages } = await searchAudit({ ...filter, at: searchParams.get('at') })
  const people = events.flatMap(({ actor, subject }) => [actor, subject])
  const there = await usersAmong(people.flatMap((person) => (person ? [person.id] : [])))
  return {
    events: await shownEvents(events, sessionStarts),
    there: [...there],
    asked,
    by: await nameOf(['actor', asked.by], events, context),
    about: await nameOf(['subject', asked.about], events, context),
    kinds: KIND_OPTIONS,
    auditKeeps: retentionInWords(context.services.auditRetention),
    pages: pageLinks(request.url, pages),
  }
}

/** Of whoever is asked for by their id, who may be gone; null when nobody is. */
async function nameOf(
  [party, id]: readonly ['actor' | 'subject', string | undefined],
  [newest]: readonly AuditRow[],
  { services }: AppLoadContext,
): Promise<string | null> {
  if (id === undefined) return null
  const user = await services.findUser(id)
  return user?.name ?? newest?.[party]?.name ?? 'somebody who is not known'
}

const whyNone = ({ from, until }: Pick<AskedAudit, 'from' | 'until'>) =>
  from && until && from > until
    ? 'The first day is after the last one.'
    : 'Nothing that was written down fits this search.'

export default function Audit() {
  const { events, there, asked, by, about, kinds, auditKeeps, pages } =
    useLoaderData<typeof loader>()
  const limits = [
    by && `what ${by} did`,
    about && `what happened to ${about}`,
    asked.session && `what session ${asked.session.slice(-6)} did`,
  ].filter(Boolean)
  return (
    <AccountPage title="Audit log">
      <Panel
        flush
        heading="Who did what to whom"
        description={`A permanent record. It can't be edited. Events are kept for ${auditKeeps}.`}
        actions={<AuditExport asked={asked} />}
      >
        {limits.length > 0 && (
          <p className="px-4 pb-3 sm:px-5">
            Only {limits.join(', and ')}. <TextLink to="/admin/audit">Show everything</TextLink>
          </p>
        )}
        <AuditSearch asked={asked} kinds={kinds} />
        <AuditTable events={events} there={there} whyNone={whyNone(asked)} />
        <Pagination {...pages} />
      </Panel>
    </AccountPage>
  )
}
