import type { LoaderFunctionArgs } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { requireViewer } from '~/web/guards'
import { pageLinks } from '~/web/page-links'
import { shownEvents } from '~/web/shown-events'
import { shownSessions } from '~/web/shown-sessions'
import { titled } from '~/ui/frame/site'
import { AccountPage } from '~/ui/frame/account-page'
import { ActivityList } from '~/ui/audit/activity-list'
import { ButtonLink } from '~/ui/controls/button'
import { Pagination } from '~/ui/display/pagination'
import { Panel } from '~/ui/frame/panel'
import { sessionName } from '~/ui/sessions/sessions-list'

export const meta = titled('Activity')

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { user, session } = await requireViewer(request, context)
  const { searchParams } = new URL(request.url)
  const sessionId = searchParams.get('session') ?? undefined
  // What a person did to others, as an administrator, did not happen to their account. Another person's
  // session among these is nobody's.
  const whose = sessionId === undefined ? { subjectId: user.id } : { userId: user.id, sessionId }
  const [{ events, ...pages }, active] = await Promise.all([
    context.services.searchAudit({ ...whose, at: searchParams.get('at') }),
    context.services.sessions.list({ userId: user.id }),
  ])
  const names = new Map(shownSessions(active, session.id).map((one) => [one.id, one]))
  const nameOf = (id: string | null) => {
    const device = id === null ? undefined : names.get(id)
    if (!device) return null
    return id === session.id ? 'this session' : sessionName(device)
  }
  const { sessionStarts } = context.services
  const mine = events.map((event) => withoutOthers(event, user.id))
  const shown = await shownEvents(mine, sessionStarts, user.id)
  return {
    events: shown.map((event) => ({
      ...event,
      byMe: event.actor?.id === user.id,
      session: nameOf(event.sessionId) ?? (event.browser && `${event.browser} (ended)`),
    })),
    session: sessionId === undefined ? null : (nameOf(sessionId) ?? 'an ended session'),
    pages: pageLinks(request.url, pages),
  }
}

/**
 * An event without what belongs to somebody else: where an administrator was when they did
 * something to this person, and in which session. Who did it stays.
 */
function withoutOthers<
  E extends { actor: { id: string } | null; ip: string | null; sessionId: string | null },
>(event: E, userId: string): E {
  const isOthers = event.actor !== null && event.actor.id !== userId
  return isOthers ? { ...event, ip: null, sessionId: null } : event
}

export default function Activity() {
  const { events, session, pages } = useLoaderData<typeof loader>()
  return (
    <AccountPage title="Activity">
      <Panel
        flush
        heading={session ? `Activity of ${session}` : 'What happened to your account'}
        description="If something here was not you, change your password and sign out of your other sessions."
        actions={session && <ButtonLink to="/profile/activity">Show everything</ButtonLink>}
      >
        <ActivityList events={events} />
        <Pagination {...pages} />
      </Panel>
    </AccountPage>
  )
}
