import ScrollText from 'lucide-react/icons/scroll-text'
import { actorInWords, AddressAndPlace, EventDetails, type AuditEventRow } from './audit-table'
import { DataTable, type Column } from '../display/data-table'
import { EmptyState } from '../display/empty-state'
import { RelativeTime } from '../display/relative-time'
import { TextLink } from '../controls/text-link'

type ActivityRow = AuditEventRow & {
  byMe: boolean
  /** The session that acted, in words; null when nothing is known of it. */
  session: string | null
}

/** What happened to a person's account, as they see it. */
export function ActivityList({ events }: { events: readonly ActivityRow[] }) {
  return (
    <DataTable
      caption="Events"
      columns={COLUMNS}
      rows={events}
      rowKey={(event) => event.id}
      empty={<EmptyState icon={<ScrollText />} title="Nothing happened yet" />}
    />
  )
}

const COLUMNS: Column<ActivityRow>[] = [
  {
    key: 'what',
    header: 'What',
    isTitle: true,
    cell: (event) => (
      <>
        {event.words}
        {event.byMe &&
          event.subject &&
          event.subject.id !== event.actor?.id &&
          `: ${event.subject.name}`}
        <EventDetails event={event} />
      </>
    ),
  },
  {
    key: 'by',
    header: 'By',
    cell: (event) => (event.byMe ? 'you' : actorInWords(event, 'Unknown')),
  },
  {
    key: 'session',
    header: 'Device',
    cell: ({ byMe, session, sessionId, browser }) =>
      byMe && sessionId ? (
        <span className="block md:min-w-32">
          <TextLink to={`/profile/activity?session=${sessionId}`}>
            {session ?? 'an ended session'}
          </TextLink>
        </span>
      ) : (
        browser
      ),
  },
  {
    key: 'ip',
    header: 'From',
    cell: ({ ip, place }) => (ip === null ? null : <AddressAndPlace ip={ip} place={place} />),
  },
  { key: 'at', header: 'When', cell: ({ at }) => <RelativeTime withExact at={at} /> },
]
