import CircleCheck from 'lucide-react/icons/circle-check'
import MonitorSmartphone from 'lucide-react/icons/monitor-smartphone'
import { useCallback, useState } from 'react'
import type { ReactNode } from 'react'
import { Button } from '../controls/button'
import { controlLook } from '../controls/field'
import { UNTIL_HYDRATED, useHydrated } from '../controls/use-hydrated'
import { classes } from '../display/classes'
import { EmptyState } from '../display/empty-state'
import { Panel } from '../frame/panel'
import {
  groupSessions,
  isFound,
  MANY_SESSIONS,
  SessionGroupSection,
  type FirstNames,
} from './session-groups'
import { SessionRow, type ListedSession } from './session-row'

export { sessionName } from './session-name'
export type { ListedSession } from './session-row'

export type SessionsSelection = {
  /** The id of the form that ends the ticked sessions; it may stand anywhere in the page. */
  formId: string
  /** The name under which each ticked session's id is sent. */
  name: string
  /** Its submit button. `count` is null where ticks cannot be counted: without JavaScript. */
  renderAction: (count: number | null) => ReactNode
}

/**
 * The panel "Where you're signed in". It only shows: the forms come from the route, `endOthers` for
 * all others at once, `renderAction` for one, `selection` for the ticked ones. With nothing but the
 * current session it says so; many are put together by device, with a search.
 */
export function SessionsList({
  sessions,
  heading = 'Where you’re signed in',
  description,
  endOthers,
  renderAction,
  activityOf,
  disownAt,
  canBeNamed = false,
  onlyShowsApplications = false,
  selection,
}: {
  sessions: readonly ListedSession[]
  heading?: ReactNode
  description?: ReactNode
  endOthers?: ReactNode
  renderAction?: (session: ListedSession) => ReactNode
  /** Where one can see what a session did. */
  activityOf?: (session: ListedSession) => string
  /** Where one can say of a session that it was somebody else. */
  disownAt?: (session: ListedSession) => string
  /** Whether the page takes names for them. */
  canBeNamed?: boolean
  /** Whether what a session reached has no buttons of its own. */
  onlyShowsApplications?: boolean
  selection?: SessionsSelection
}) {
  const hydrated = useHydrated()
  const [search, setSearch] = useState('')
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  // As the page began: were rows put together, or set apart, while somebody is at them, what is ticked
  // and typed there would be lost.
  const [areGrouped] = useState(sessions.length > MANY_SESSIONS)
  const [firstNames] = useState<FirstNames>(() => new Map())
  const others = sessions.filter((session) => !session.isCurrent)
  const onlyThisOne = others.length === 0 && sessions.length > 0
  const canSearch = areGrouped && others.length > 0
  const isSearching = canSearch && search.trim() !== ''
  const isShown = (session: ListedSession) => !isSearching || isFound(session, search)
  const shownOthers = others.filter(isShown)
  // Another tab may have ended a ticked one meanwhile.
  const count = shownOthers.filter((session) => ticked.has(session.id)).length
  const areAllTicked = count > 0 && count === shownOthers.length
  const selects = selection !== undefined && others.length > 1
  const formId = selection?.formId

  const readTicks = useCallback(() => setTicked(ticksOf(formId)), [formId])

  function tickShown(checked: boolean) {
    for (const box of boxesOf(formId, ':enabled')) box.checked = checked
    readTicks()
  }

  const row = (session: ListedSession) => (
    <SessionRow
      key={session.id}
      session={session}
      action={!session.isCurrent && renderAction?.(session)}
      activity={activityOf?.(session)}
      onlyShowsApplications={onlyShowsApplications}
      disown={session.isCurrent ? undefined : disownAt?.(session)}
      canBeNamed={canBeNamed}
      // One that is not shown is there all the same, with what is ticked and typed in it.
      isHidden={!isShown(session)}
      tick={
        selects
          ? {
              ...{ form: selection.formId, name: selection.name },
              ...{ defaultChecked: ticked.has(session.id), onChange: readTicks },
            }
          : undefined
      }
    />
  )

  return (
    <Panel
      flush
      heading={heading}
      description={description}
      actions={onlyThisOne ? <OnlyThisOne /> : others.length > 0 && endOthers}
      stickyFooter={count > 0}
      footer={selects && selection.renderAction(hydrated ? count : null)}
    >
      {canSearch && (
        <div
          className={classes(
            'flex flex-wrap items-center gap-3 border-t border-line px-4 py-3 sm:px-5',
            !hydrated && UNTIL_HYDRATED,
          )}
        >
          <input
            type="search"
            autoComplete="off"
            aria-label="Search sessions"
            placeholder="Search by name, device, country or address"
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
            className={`${controlLook} min-w-0 flex-1 basis-56`}
          />
          {selects && (
            <Button
              type="button"
              disabled={shownOthers.length === 0}
              onClick={() => tickShown(!areAllTicked)}
            >
              {areAllTicked ? 'Select none' : 'Select all'}
            </Button>
          )}
        </div>
      )}
      {!sessions.some(isShown) && (
        <div className="border-t border-line">
          <EmptyState
            icon={<MonitorSmartphone />}
            title={isSearching ? 'No session is like that' : 'No active sessions'}
          />
        </div>
      )}
      {/* What was ticked before the scripts came counts, and what a browser ticked again after Back. */}
      <ul ref={readTicks}>
        {sessions.filter(({ isCurrent }) => isCurrent || !areGrouped).map(row)}
        {areGrouped &&
          groupSessions(others, firstNames).map((group) => (
            <SessionGroupSection
              key={group.name}
              group={group}
              isSearching={isSearching}
              isHidden={!group.sessions.some(isShown)}
            >
              {group.sessions.map(row)}
            </SessionGroupSection>
          ))}
      </ul>
    </Panel>
  )
}

/** The boxes are the browser's own, so that they work before scripts do. */
const ticksOf = (formId: string | undefined) =>
  new Set(boxesOf(formId, ':checked').map(({ value }) => value))

/** The boxes of a form, wherever they stand. */
const boxesOf = (formId: string | undefined, state: string) => [
  ...document.querySelectorAll<HTMLInputElement>(`[form="${formId}"]${state}`),
]

function OnlyThisOne() {
  return (
    <p className="flex min-h-10 items-center gap-2 text-sm font-medium text-accent">
      <CircleCheck aria-hidden="true" className="size-4.5 shrink-0" />
      This is your only active session
    </p>
  )
}
