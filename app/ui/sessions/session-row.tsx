import Laptop from 'lucide-react/icons/laptop'
import Smartphone from 'lucide-react/icons/smartphone'
import Tablet from 'lucide-react/icons/tablet'
import Terminal from 'lucide-react/icons/terminal'
import Tv from 'lucide-react/icons/tv'
import { useId } from 'react'
import type { ReactNode } from 'react'
import { BareCheckbox } from '../controls/checkbox'
import { Disclosure } from '../controls/disclosure'
import { TextLink } from '../controls/text-link'
import { Badge } from '../display/badge'
import { Facts } from '../display/facts'
import { stepsInWords } from '../display/proofs-in-words'
import { RelativeTime } from '../display/relative-time'
import { NameSessionForm, useRefusedSession } from './name-session-form'
import { ReachedApplications, type ReachedApplication } from './reached-applications'
import { deviceName, sessionName } from './session-name'

type Moment = string | number | Date

export type ListedSession = {
  id: string
  /** What its owner calls it. */
  label: string | null
  browser: string
  /** Of the browser; empty when it is not known. */
  version: string
  system: string
  kind: 'desktop' | 'phone' | 'tablet' | 'tv' | 'program'
  ip: string
  /** The country, or an empty text. */
  place: string
  /** As the browser calls itself. */
  userAgent: string
  /** By what it was signed in; null where it is not known. */
  signedInBy: string | null
  secondFactor: string | null
  createdAt: Moment
  lastSeenAt: Moment
  expiresAt: Moment
  /** Whether it expires later when it is used. */
  isProlonged: boolean
  isCurrent: boolean
  /** Whether it began since its owner last looked, where that is shown. */
  isNew?: boolean
  /** What it is signed in to, where that is shown. */
  applications?: readonly ReachedApplication[]
}

export type TickProps = {
  form: string
  name: string
  defaultChecked: boolean
  onChange: () => void
}

/** "password and authenticator app"; empty where it is not known. */
export const signInInWords = ({
  signedInBy,
  secondFactor,
}: Pick<ListedSession, 'signedInBy' | 'secondFactor'>) =>
  stepsInWords(signedInBy, secondFactor).join(' and ')

const icons = {
  desktop: <Laptop />,
  phone: <Smartphone />,
  tablet: <Tablet />,
  tv: <Tv />,
  program: <Terminal />,
}

/** A session in the list: what tells it from the others, the way out of it, and details to open. */
export function SessionRow({
  session,
  action,
  activity,
  disown,
  canBeNamed,
  onlyShowsApplications,
  isHidden,
  tick,
}: {
  session: ListedSession
  action?: ReactNode
  /** Where one can see what it did. */
  activity: string | undefined
  /** Where one can say that it was somebody else. */
  disown: string | undefined
  canBeNamed: boolean
  onlyShowsApplications: boolean
  isHidden: boolean
  tick: TickProps | undefined
}) {
  const tickId = useId()
  const steps = signInInWords(session)
  const indent = tick ? 'sm:ml-21.5' : 'sm:ml-13.5'
  return (
    <li hidden={isHidden} className="border-t border-line px-4 py-3.5 sm:px-5">
      <div className="flex items-center gap-3.5 max-sm:items-start">
        {tick && (
          <span className="grid w-4.5 shrink-0 place-items-center max-sm:h-9 pointer-coarse:max-sm:h-11">
            {!session.isCurrent && (
              <label htmlFor={tickId} className="-m-3 grid size-11 place-items-center">
                {/* Nobody ends what they do not see: a browser does not send a box that is disabled. */}
                <BareCheckbox {...tick} id={tickId} value={session.id} disabled={isHidden} />
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
        {/* On a phone the button stands beside the name alone, and the facts have the whole width. */}
        <div className="grid min-w-0 flex-1 grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3.5">
          <SessionTitle session={session} />
          <Facts className="col-start-1 row-start-2 max-sm:col-span-2">
            {session.isCurrent ? (
              'Active now'
            ) : (
              <RelativeTime at={session.lastSeenAt} wording="activity" />
            )}
            {session.place ? upperFirst(session.place) : session.ip}
            {session.version && `version ${session.version}`}
            <>
              signed in <RelativeTime at={session.createdAt} wording="day" />
              {steps && ` by ${steps}`}
            </>
            <>
              expires <RelativeTime at={session.expiresAt} />
            </>
          </Facts>
          {action && <div className="col-start-2 row-start-1 sm:row-span-2">{action}</div>}
        </div>
      </div>
      <SessionDetails {...{ session, activity, disown, canBeNamed }} className={indent} />
      {session.applications && session.applications.length > 0 && (
        <ReachedApplications
          applications={session.applications}
          of={sessionName(session)}
          onlyShown={onlyShowsApplications}
          className={indent}
        />
      )}
    </li>
  )
}

/** Its name and its badges, in balanced lines, so that no badge is alone on one. */
function SessionTitle({ session }: { session: ListedSession }) {
  const device = deviceName(session)
  return (
    <p className="font-semibold text-balance wrap-anywhere">
      {session.label ? (
        <>
          <bdi>{session.label}</bdi> <span className="font-normal text-soft">{device}</span>
        </>
      ) : (
        <span>{device}</span>
      )}{' '}
      {session.isCurrent && <Badge>This session</Badge>}{' '}
      {session.isNew && <Badge tone="warning">New</Badge>}
    </p>
  )
}

/** What is seldom asked for, closed at first, beside what one does about a session that looks strange. */
function SessionDetails({
  session,
  activity,
  disown,
  canBeNamed,
  className,
}: {
  session: ListedSession
  activity: string | undefined
  disown: string | undefined
  canBeNamed: boolean
  className: string
}) {
  const wasRefused = useRefusedSession() === session.id
  const name = <span className="sr-only"> of {sessionName(session)}</span>
  return (
    <div className={`mt-1 flex flex-wrap items-start gap-x-4 text-[0.8438rem] ${className}`}>
      <Disclosure label={<>Details{name}</>} open={wasRefused} className="open:w-full">
        <dl className="my-2 grid gap-x-4 gap-y-1 rounded-control bg-sunken px-3 py-2.5 sm:grid-cols-[max-content_minmax(0,1fr)]">
          <Detail of="Address">{session.ip}</Detail>
          <Detail of="Signed in">
            <RelativeTime at={session.createdAt} wording="exact" />
          </Detail>
          <Detail of="Last active">
            <RelativeTime at={session.lastSeenAt} wording="exact" />
          </Detail>
          <Detail of="Expires">
            <RelativeTime at={session.expiresAt} wording="exact" />
            {session.isProlonged && ' if it is not used'}
          </Detail>
          <Detail of="Calls itself">
            <span className="font-mono text-[0.78rem]">{session.userAgent || 'nothing'}</span>
          </Detail>
        </dl>
        {canBeNamed && <NameSessionForm session={session} />}
      </Disclosure>
      {activity && (
        <TextLink to={activity} className="leading-7 pointer-coarse:leading-11">
          View activity{name}
        </TextLink>
      )}
      {disown && (
        <TextLink to={disown} className="leading-7 pointer-coarse:leading-11">
          It wasn’t me{name}
        </TextLink>
      )}
    </div>
  )
}

function Detail({ of, children }: { of: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-soft">{of}</dt>
      <dd className="min-w-0 wrap-anywhere max-sm:mb-1.5">{children}</dd>
    </>
  )
}

const upperFirst = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
