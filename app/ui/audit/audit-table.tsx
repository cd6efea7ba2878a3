import { ScrollText } from 'lucide-react'
import { detailsInWords } from './details-in-words'
import { DataTable, type Column } from '../display/data-table'
import { EmptyState } from '../display/empty-state'
import { RelativeTime } from '../display/relative-time'
import { TextLink } from '../controls/text-link'

export type AuditEventRow = {
  id: string
  at: string | number | Date
  words: string
  actor: { id: string; name: string } | null
  subject: { id: string; name: string } | null
  ip: string | null
  /** The session that acted. */
  sessionId: string | null
  details: Record<string, unknown>
}

/** A page of what happened, newest first. */
export function AuditTable({ events }: { events: readonly AuditEventRow[] }) {
  return (
    <DataTable
      caption="Events"
      columns={COLUMNS}
      rows={events}
      rowKey={(event) => event.id}
      empty={
        <EmptyState icon={<ScrollText />} title="Nothing happened">
          Nothing that was written down fits this search.
        </EmptyState>
      }
    />
  )
}

/** Ids begin with the time, so it is the end that tells two apart. */
const TELLING_PART = 6

const COLUMNS: Column<AuditEventRow>[] = [
  {
    key: 'what',
    header: 'What',
    isTitle: true,
    cell: ({ words, details }) => (
      <>
        {words}
        <span className="block text-[0.8125rem] font-normal text-soft wrap-anywhere">
          {detailsInWords(details)}
        </span>
      </>
    ),
  },
  {
    key: 'actor',
    header: 'By',
    cell: (event) => <PersonName>{actorInWords(event, 'nobody signed in')}</PersonName>,
  },
  {
    key: 'subject',
    header: 'To',
    cell: (event) => <PersonName>{subjectInWords(event)}</PersonName>,
  },
  {
    key: 'from',
    header: 'From',
    cell: ({ ip, sessionId }) => (
      <>
        {ip ?? '–'}
        {sessionId && (
          <span className="block text-[0.8125rem]">
            <TextLink to={`/admin/audit?session=${sessionId}`} className="whitespace-nowrap">
              session {sessionId.slice(-TELLING_PART)}
            </TextLink>
          </span>
        )}
      </>
    ),
  },
  { key: 'at', header: 'When', cell: ({ at }) => <RelativeTime at={at} /> },
]

/** However long it is, it leaves room for the other columns. */
function PersonName({ children }: { children: string }) {
  return <span className="block wrap-anywhere md:min-w-24">{children}</span>
}

/** Who did it: a person, the operator, or, in the given words, somebody who is unknown. */
export function actorInWords(
  { actor, details }: Pick<AuditEventRow, 'actor' | 'details'>,
  unknown: string,
): string {
  if (actor) return actor.name
  return details.by === 'command-line' ? 'the command line' : unknown
}

function subjectInWords({ subject, details }: AuditEventRow): string {
  if (subject) return subject.name
  return details.of === 'everybody' ? 'everybody' : '–'
}
