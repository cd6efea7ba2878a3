import ChevronDown from 'lucide-react/icons/chevron-down'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { Badge } from '../display/badge'
import { classes } from '../display/classes'
import { RelativeTime } from '../display/relative-time'
import { useRefusedSession } from './name-session-form'
import { sessionName } from './session-name'
import { signInInWords, type ListedSession } from './session-row'

/** Above so many, sessions are put together by their device and can be searched. */
export const MANY_SESSIONS = 10

/** Sessions of one kind of device; the first that was active leads. */
export type SessionGroup = { name: string; sessions: ListedSession[] }

/** The name of every session as it was when the page showed it first. */
export type FirstNames = Map<string, string>

/**
 * The sessions by what their owner calls them, browser and system, in the order in which they come.
 *
 * @param firstNames those of sessions that were shown before. They stay where they were: one that moved when
 * it is given a name would close under the hand of whoever names it
 */
export function groupSessions(
  sessions: readonly ListedSession[],
  firstNames: FirstNames = new Map(),
): SessionGroup[] {
  const groups = new Map<string, SessionGroup>()
  for (const session of sessions) {
    const name = firstNames.get(session.id) ?? sessionName(session)
    firstNames.set(session.id, name)
    const group = groups.get(name) ?? { name, sessions: [] }
    group.sessions.push(session)
    groups.set(name, group)
  }
  return [...groups.values()]
}

/**
 * Whether a session is looked for: every word that was typed stands somewhere in what a page says of it.
 */
export function isFound(session: ListedSession, search: string): boolean {
  const { place, ip, userAgent, isNew, isCurrent } = session
  const badges = [isNew && 'new', isCurrent && 'this session'].filter(Boolean)
  const said = plain(
    [sessionName(session), place, ip, userAgent, signInInWords(session), ...badges].join(' '),
  )
  return plain(search)
    .split(/\s+/)
    .every((word) => said.includes(word))
}

/** Keyboards write another apostrophe than phones and typographers do. */
const plain = (text: string) => text.toLowerCase().replace(/[’‘ʼ´`]/g, "'")

/**
 * A group that opens; one alone stands open without the line above it. It is the same for one and for
 * several, so that nothing in a row is lost when another session comes or goes.
 */
export function SessionGroupSection({
  group: { name, sessions },
  isSearching,
  isHidden,
  children,
}: {
  group: SessionGroup
  /** Whether what is in it was looked for, and so is shown. */
  isSearching: boolean
  isHidden: boolean
  children: ReactNode
}) {
  const isOne = sessions.length === 1
  const refused = useRefusedSession()
  // Without scripts nothing else would show what is wrong with a name in it.
  const [isOpen, setIsOpen] = useState(sessions.some(({ id }) => id === refused))
  const countNew = sessions.filter(({ isNew }) => isNew).length
  return (
    <li hidden={isHidden} className={classes(!isOne && 'border-t border-line')}>
      <details
        open={isOne || isSearching || isOpen}
        onToggle={(event) => {
          if (!isSearching) setIsOpen(event.currentTarget.open)
        }}
        className="group/devices"
      >
        <summary
          hidden={isOne}
          className="flex min-h-14 list-none items-center gap-3 px-4 py-2.5 hover:bg-sunken sm:px-5 [&::-webkit-details-marker]:hidden"
        >
          <span className="min-w-0 flex-1">
            <span className="flex flex-wrap items-center gap-x-2 font-semibold">
              <bdi className="wrap-anywhere">{name}</bdi>
              {countNew > 0 && <Badge tone="warning">{countNew} new</Badge>}
            </span>
            <span className="block text-[0.8438rem] text-soft">
              {sessions.length} sessions ·{' '}
              <RelativeTime at={sessions[0]!.lastSeenAt} wording="activity" />
            </span>
          </span>
          <ChevronDown
            aria-hidden="true"
            className="size-4.5 shrink-0 text-soft group-open/devices:rotate-180"
          />
        </summary>
        <ul className={classes(!isOne && 'bg-page/40')}>{children}</ul>
      </details>
    </li>
  )
}
