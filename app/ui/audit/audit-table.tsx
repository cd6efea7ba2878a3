import ScrollText from 'lucide-react/icons/scroll-text'
import { detailsInWords } from './details-in-words'
import { DataTable, type Column } from '../display/data-table'
import { EmptyState } from '../display/empty-state'
import { RelativeTime } from '../display/relative-time'
import { TextLink } from '../controls/text-link'

/** Somebody as the log names them. */
export type AuditParty = { id: string; name: string }

export type AuditEventRow = {
  id: string
  at: string | number | Date
  words: string
  actor: AuditParty | null
  subject: AuditParty | null
  ip: string | null
  /** The session that acted. */
  sessionId: string | null
  details: Record<string, unknown>
  /** The country of the address; empty when it is not known. */
  place: string
  /** The browser of who acted, in words. */
  browser: string | null
  /** The browsers of the sessions that it ended, in words. */
  ended: readonly string[]
}

/**
 * A page of what happened, newest first.
 *
 * @param there the ids of those who still have a page
 * @param whyNone said when there are no events
 */
export function AuditTable({
  events,
  there,
  whyNone,
}: {
  events: readonly AuditEventRow[]
  there: readonly string[]
  whyNone: string
}) {
  const known = new Set(there)
  return (
    <DataTable
      caption="Events"
      columns={COLUMNS}
      rows={events.map((event) => ({ ...event, known }))}
      rowKey={(event) => event.id}
      empty={
        <EmptyState icon={<ScrollText />} title="Nothing happened">
          {whyNone}
        </EmptyState>
      }
    />
  )
}

type ShownRow = AuditEventRow & { known: ReadonlySet<string> }

/** Ids begin with the time, so it is the end that tells two apart. */
const TELLING_PART = 6

const COLUMNS: Column<ShownRow>[] = [
  {
    key: 'what',
    header: 'What',
    isTitle: true,
    cell: (event) => (
      <>
        {event.words}
        <EventDetails event={event} />
      </>
    ),
  },
  {
    key: 'actor',
    header: 'By whom',
    cell: (event) => (
      <PersonName person={event.actor} known={event.known}>
        {actorInWords(event, 'Unknown')}
      </PersonName>
    ),
  },
  {
    key: 'subject',
    header: 'About whom',
    cell: (event) => {
      const words = subjectInWords(event)
      return words === null ? null : (
        <PersonName person={event.subject} known={event.known}>
          {words}
        </PersonName>
      )
    },
  },
  {
    key: 'from',
    header: 'From',
    cell: ({ ip, place, browser, sessionId }) =>
      ip === null && sessionId === null ? null : (
        <>
          <AddressAndPlace ip={ip} place={place} />
          {browser !== null && <span className="block text-[0.8125rem] text-soft">{browser}</span>}
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
  { key: 'at', header: 'When', cell: ({ at }) => <RelativeTime withExact at={at} /> },
]

/** What there is to say of an event beside its name. */
export function EventDetails({ event }: { event: Pick<AuditEventRow, 'details' | 'ended'> }) {
  return (
    <span className="block text-[0.8125rem] font-normal text-soft wrap-anywhere">
      {[detailsInWords(event.details), event.ended.join(', ')].filter(Boolean).join(' · ')}
    </span>
  )
}

/** Where somebody was, as far as it is known. */
export function AddressAndPlace({ ip, place }: Pick<AuditEventRow, 'ip' | 'place'>) {
  return (
    <>
      {ip}
      {place !== '' && <span className="block text-[0.8125rem] text-soft">{place}</span>}
    </>
  )
}

/** A link to the person's page, while there is one. However long it is, it leaves room for the rest. */
function PersonName({
  person,
  known,
  children,
}: {
  person: AuditParty | null
  known: ReadonlySet<string>
  children: string
}) {
  return (
    <span className="block wrap-anywhere md:min-w-28">
      {person && known.has(person.id) ? (
        <TextLink to={`/admin/users/${person.id}`}>{children}</TextLink>
      ) : (
        children
      )}
    </span>
  )
}

/** Who did it: a person, the operator, or, in the given words, somebody who is unknown. */
export function actorInWords(
  { actor, details }: Pick<AuditEventRow, 'actor' | 'details'>,
  unknown: string,
): string {
  if (actor) return actor.name
  return details.by === 'command-line' ? 'the command line' : unknown
}

/** Null when it is whoever did it, or nobody. */
function subjectInWords({ actor, subject, details }: AuditEventRow): string | null {
  if (subject) return subject.id === actor?.id ? null : subject.name
  return details.of === 'everybody' ? 'everybody' : null
}
