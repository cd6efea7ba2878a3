import {
  CircleCheck,
  Laptop,
  MonitorSmartphone,
  Smartphone,
  Tablet,
  Terminal,
  Tv,
} from 'lucide-react'
import { useId, useState } from 'react'
import type { FormEvent, ReactNode } from 'react'
import { Badge } from '../display/badge'
import { BareCheckbox } from '../controls/checkbox'
import { EmptyState } from '../display/empty-state'
import { Panel } from '../frame/panel'
import { ReachedApplications, type ReachedApplication } from './reached-applications'
import { RelativeTime } from '../display/relative-time'
import { TextLink } from '../controls/text-link'
import { useHydrated } from '../controls/use-hydrated'

export type ListedSession = {
  id: string
  browser: string
  system: string
  kind: 'desktop' | 'phone' | 'tablet' | 'tv' | 'program'
  ip: string
  createdAt: string | number | Date
  lastSeenAt: string | number | Date
  isCurrent: boolean
  /** What it is signed in to, where that is shown. */
  applications?: readonly ReachedApplication[]
}

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
 * current session it says so.
 */
export function SessionsList({
  sessions,
  heading = 'Where you’re signed in',
  description,
  endOthers,
  renderAction,
  activityOf,
  disownAt,
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
  selection?: SessionsSelection
}) {
  const hydrated = useHydrated()
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const others = sessions.filter((session) => !session.isCurrent)
  const onlyThisOne = others.length === 0 && sessions.length > 0
  // Another tab may have ended a ticked one meanwhile.
  const count = others.filter((session) => ticked.has(session.id)).length

  function tick(event: FormEvent<HTMLInputElement>) {
    const { value, checked } = event.currentTarget
    setTicked((before) => {
      const after = new Set(before)
      if (checked) after.add(value)
      else after.delete(value)
      return after
    })
  }

  return (
    <Panel
      flush
      heading={heading}
      description={description}
      actions={onlyThisOne ? <OnlyThisOne /> : others.length > 0 && endOthers}
      footer={selection && others.length > 1 && selection.renderAction(hydrated ? count : null)}
    >
      {sessions.length === 0 ? (
        <div className="border-t border-line">
          <EmptyState icon={<MonitorSmartphone />} title="No active sessions" />
        </div>
      ) : (
        <ul>
          {sessions.map((session) => (
            <Row
              key={session.id}
              session={session}
              action={!session.isCurrent && renderAction?.(session)}
              activity={activityOf?.(session)}
              disown={session.isCurrent ? undefined : disownAt?.(session)}
              tick={
                selection && others.length > 1
                  ? { form: selection.formId, name: selection.name, onChange: tick }
                  : undefined
              }
            />
          ))}
        </ul>
      )}
    </Panel>
  )
}

/** "Firefox on macOS", or the browser alone where the system is unknown. */
export function sessionName({ browser, system }: Pick<ListedSession, 'browser' | 'system'>) {
  return system ? `${browser} on ${system}` : browser
}

function OnlyThisOne() {
  return (
    <p className="flex min-h-10 items-center gap-2 text-sm font-medium text-accent">
      <CircleCheck aria-hidden="true" className="size-4.5 shrink-0" />
      This is your only active session
    </p>
  )
}

const icons = {
  desktop: <Laptop />,
  phone: <Smartphone />,
  tablet: <Tablet />,
  tv: <Tv />,
  program: <Terminal />,
}

type TickProps = {
  form: string
  name: string
  onChange: (event: FormEvent<HTMLInputElement>) => void
}

function Row({
  session,
  action,
  activity,
  disown,
  tick,
}: {
  session: ListedSession
  action?: ReactNode
  activity: string | undefined
  disown: string | undefined
  tick: TickProps | undefined
}) {
  const tickId = useId()
  return (
    <li className="border-t border-line px-4 py-3.5 sm:px-5">
      <div className="flex items-center gap-3.5">
        {tick && (
          <span className="grid w-4.5 shrink-0 place-items-center">
            {!session.isCurrent && (
              <label htmlFor={tickId} className="-m-3 grid size-11 place-items-center">
                <BareCheckbox {...tick} id={tickId} value={session.id} />
                <span className="sr-only">Select {sessionName(session)}</span>
              </label>
            )}
          </span>
        )}
        <span
          aria-hidden="true"
          className="grid size-10 shrink-0 place-items-center rounded-[0.625rem] bg-sunken text-soft max-[26rem]:hidden [&_svg]:size-5"
        >
          {icons[session.kind]}
        </span>
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-center gap-x-2 font-semibold">
            <span className="wrap-anywhere">{sessionName(session)}</span>
            {session.isCurrent && <Badge>This session</Badge>}
          </p>
          <Facts>
            {session.isCurrent ? (
              'Active now'
            ) : (
              <RelativeTime at={session.lastSeenAt} wording="activity" />
            )}
            {session.ip}
            <>
              signed in <RelativeTime at={session.createdAt} wording="day" />
            </>
            {activity && (
              <TextLink to={activity}>
                View activity<span className="sr-only">: {sessionName(session)}</span>
              </TextLink>
            )}
            {disown && (
              <TextLink to={disown}>
                It wasn’t me<span className="sr-only">: {sessionName(session)}</span>
              </TextLink>
            )}
          </Facts>
        </div>
        {action && <div className="shrink-0">{action}</div>}
      </div>
      {session.applications && session.applications.length > 0 && (
        <ReachedApplications
          applications={session.applications}
          of={sessionName(session)}
          className={tick ? 'sm:ml-21.5' : 'sm:ml-13.5'}
        />
      )}
    </li>
  )
}

/** Facts in a row with dots between. A dot that would begin a line falls outside and is cut off. */
function Facts({ children }: { children: ReactNode[] }) {
  const facts = children.filter(Boolean)
  return (
    <div className="overflow-hidden text-[0.8438rem] text-soft">
      <ul className="-ml-3.5 flex flex-wrap">
        {facts.map((fact, index) => (
          <li
            key={index}
            className="relative pl-3.5 wrap-anywhere before:absolute before:left-0 before:w-3.5 before:text-center before:content-['·'/'']"
          >
            {fact}
          </li>
        ))}
      </ul>
    </div>
  )
}
