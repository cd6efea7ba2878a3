import ScrollText from 'lucide-react/icons/scroll-text'
import { actorInWords, type AuditEventRow } from './audit-table'
import { detailsInWords } from './details-in-words'
import { DataTable, type Column } from '../display/data-table'
import { EmptyState } from '../display/empty-state'
import { RelativeTime } from '../display/relative-time'
import { TextLink } from '../controls/text-link'

type ActivityRow = AuditEventRow & {
  byMe: boolean
  /** In words; null when the session has ended. */
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
    cell: ({ words, details, byMe, actor, subject }) => (
      <>
        {words}
        {byMe && subject && subject.id !== actor?.id && `: ${subject.name}`}
        <span className="block text-[0.8125rem] font-normal text-soft wrap-anywhere">
          {detailsInWords(details)}
        </span>
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
    header: 'Session',
    cell: ({ byMe, session, sessionId }) =>
      byMe && sessionId ? (
        <span className="block md:min-w-32">
          <TextLink to={`/profile/activity?session=${sessionId}`}>
            {session ?? 'one that has ended'}
          </TextLink>
        </span>
      ) : null,
  },
  { key: 'ip', header: 'From', cell: ({ ip }) => ip },
  { key: 'at', header: 'When', cell: ({ at }) => <RelativeTime withExact at={at} /> },
]
