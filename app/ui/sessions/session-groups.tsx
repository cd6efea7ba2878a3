import ChevronDown from 'lucide-react/icons/chevron-down'
import type { ReactNode } from 'react'
import { Badge } from '../display/badge'
import { RelativeTime } from '../display/relative-time'
import { sessionName } from './session-name'
import { signInInWords, type ListedSession } from './session-row'

/** Above so many, sessions are put together by their device and can be searched. */
export const MANY_SESSIONS = 10

/** Sessions of one kind of device; the first that was active leads. */
export type SessionGroup = { name: string; sessions: ListedSession[] }

/** The sessions by what their owner calls them, browser and system, in the order in which they come. */
export function groupSessions(sessions: readonly ListedSession[]): SessionGroup[] {
  const groups = new Map<string, SessionGroup>()
  for (const session of sessions) {
    const name = sessionName(session)
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
  const { place, ip, userAgent } = session
  const said = [sessionName(session), place, ip, userAgent, signInInWords(session)]
    .join(' ')
    .toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => said.includes(word))
}

/** A group that opens; a single session stands by itself. */
export function SessionGroupSection({
  group: { name, sessions },
  isOpen,
  children,
}: {
  group: SessionGroup
  isOpen: boolean
  children: ReactNode
}) {
  const [newest] = sessions
  const countNew = sessions.filter(({ isNew }) => isNew).length
  if (sessions.length === 1 || !newest) return <>{children}</>
  return (
    <li className="border-t border-line">
      <details open={isOpen} className="group">
        <summary className="flex min-h-14 list-none items-center gap-3 px-4 py-2.5 hover:bg-sunken sm:px-5 [&::-webkit-details-marker]:hidden">
          <span className="min-w-0 flex-1">
            <span className="flex flex-wrap items-center gap-x-2 font-semibold">
              <bdi className="wrap-anywhere">{name}</bdi>
              {countNew > 0 && <Badge tone="warning">{countNew} new</Badge>}
            </span>
            <span className="block text-[0.8438rem] text-soft">
              {sessions.length} sessions ·{' '}
              <RelativeTime at={newest.lastSeenAt} wording="activity" />
            </span>
          </span>
          <ChevronDown
            aria-hidden="true"
            className="size-4.5 shrink-0 text-soft group-open:rotate-180"
          />
        </summary>
        <ul className="bg-page/40">{children}</ul>
      </details>
    </li>
  )
}
