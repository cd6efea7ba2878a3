import { Form } from '@remix-run/react'
import Mail from 'lucide-react/icons/mail'
import type { ReactNode } from 'react'
import { SubmitButton } from '../controls/form'
import { TextLink } from '../controls/text-link'
import { Badge } from '../display/badge'
import { DataTable, type Column } from '../display/data-table'
import { EmptyState } from '../display/empty-state'
import { RelativeTime } from '../display/relative-time'
import { usePresent } from '../display/time-context'
import { useMailFolder } from '../frame/site'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'
import { MAIL_KINDS, MAIL_STATES } from './mails-in-words'

type State = keyof typeof MAIL_STATES

export type MailRow = {
  id: string
  kind: string
  user: { id: string; name: string } | null
  address: string
  state: State
  createdAt: string | number | Date
  sentAt: string | number | Date | null
  nextTryAt: string | number | Date
  tries: number
  problem: string | null
}

/** What there is to set, where no mail is sent. */
export function NoMail() {
  return (
    <Panel
      heading="No mail is sent"
      description="Links are handed out by administrators, and nobody is told about changes to their account."
    >
      <p className="max-w-[62ch]">
        Set <code>SMTP_URL</code> to the mail server, as in{' '}
        <code className="wrap-anywhere">smtp://user:password@mail.example.com:587</code>, and{' '}
        <code>MAIL_FROM</code> to an address that it sends for. Start Latchkey again, and send a
        test mail from this page. <code>npm run latchkey -- doctor</code> says whether the server
        takes the login. To try it without a server, set <code>MAIL_FOLDER</code> to a folder: the
        mail is written there.
      </p>
    </Panel>
  )
}

/** The same, where mails are written and not sent. */
export function OnlyFolder({ folder }: { folder: string }) {
  return (
    <Panel
      heading="Mail is only written to a folder"
      description="It reaches nobody by itself. That is for trying things out."
    >
      <p className="max-w-[62ch]">
        The files are in <code className="wrap-anywhere">{folder}</code>. To send mail, set{' '}
        <code>SMTP_URL</code> and <code>MAIL_FROM</code> in the place of <code>MAIL_FOLDER</code>,
        and start Latchkey again.
      </p>
    </Panel>
  )
}

/** The list, with the number of each state to choose by, and the way to try whether mail works. */
export function MailPanel({
  counts,
  state,
  isSetUp,
  children,
}: {
  counts: Record<State, number>
  /** The one that is listed; null for all. */
  state: State | null
  isSetUp: boolean
  children: ReactNode
}) {
  const words = useMailStates()
  const done = useMailFolder() ? 'written' : 'sent'
  return (
    <Panel
      flush
      heading="Sent mail"
      description={`Content and links are not kept. A mail that is not taken is tried for a day; what was ${done} is forgotten after 30 days.`}
      actions={isSetUp && <SendTest />}
    >
      <nav aria-label="States" className="flex flex-wrap gap-x-4 gap-y-1 px-4 pb-3 text-sm sm:px-5">
        <Choice to="/admin/mail" isCurrent={state === null}>
          All
        </Choice>
        {(Object.keys(MAIL_STATES) as State[]).map((one) => (
          <Choice key={one} to={`/admin/mail?state=${one}`} isCurrent={state === one}>
            {words[one]}
            {counts[one] > 0 && `: ${counts[one]}`}
          </Choice>
        ))}
      </nav>
      {children}
    </Panel>
  )
}

function Choice({
  to,
  isCurrent,
  children,
}: {
  to: string
  isCurrent: boolean
  children: ReactNode
}) {
  return isCurrent ? (
    <span aria-current="true" className="font-semibold">
      {children}
    </span>
  ) : (
    <TextLink to={to}>{children}</TextLink>
  )
}

function SendTest() {
  return (
    <Form method="post">
      <FormToken />
      <SubmitButton name="intent" value="send-test">
        {useMailFolder() ? 'Write me a test mail' : 'Send me a test mail'}
      </SubmitButton>
    </Form>
  )
}

/** A page of mails, newest first. */
export function MailsTable({ mails, isSetUp }: { mails: readonly MailRow[]; isSetUp: boolean }) {
  return (
    <DataTable
      caption="Mail"
      columns={isSetUp ? [...COLUMNS, AGAIN] : COLUMNS}
      rows={mails}
      rowKey={({ id }) => id}
      empty={
        <EmptyState icon={<Mail />} title="No mail">
          There is none here.
        </EmptyState>
      }
    />
  )
}

const TONES = { waiting: 'neutral', sent: 'accent', given_up: 'danger' } as const

const StateBadge = ({ state }: { state: State }) => (
  <Badge tone={TONES[state]}>{useMailStates()[state]}</Badge>
)

/** What went into the folder was sent to nobody. */
const useMailStates = (): Record<State, string> =>
  useMailFolder() ? { ...MAIL_STATES, sent: 'Written' } : MAIL_STATES

const COLUMNS: Column<MailRow>[] = [
  { key: 'what', header: 'What', isTitle: true, cell: ({ kind }) => MAIL_KINDS[kind] ?? kind },
  {
    key: 'to',
    header: 'To',
    cell: ({ address, user }) => (
      <>
        <span className="block md:min-w-52 wrap-anywhere">{address}</span>
        {user && (
          <TextLink to={`/admin/users/${user.id}`} className="block text-[0.8125rem] wrap-anywhere">
            {user.name}
          </TextLink>
        )}
      </>
    ),
  },
  {
    key: 'state',
    header: 'State',
    cell: (mail) => (
      <>
        <StateBadge state={mail.state} />
        {mail.problem !== null && (
          <span className="block text-[0.8125rem] text-soft wrap-anywhere">{mail.problem}</span>
        )}
        {mail.state === 'waiting' && mail.tries > 0 && (
          <span className="block text-[0.8125rem] text-soft">
            {mail.tries === 1 ? 'Tried once' : `Tried ${mail.tries} times`}
          </span>
        )}
      </>
    ),
  },
  {
    key: 'when',
    header: 'When',
    cell: ({ createdAt, sentAt }) => <RelativeTime at={sentAt ?? createdAt} />,
  },
]

const AGAIN: Column<MailRow> = {
  key: 'again',
  header: 'Send again',
  headerHidden: true,
  align: 'right',
  cell: (mail) => <SendAgain mail={mail} />,
}

/** What was written just now goes out by itself: until it may have, there is nothing to press. */
const AT_ONCE_MS = 10_000

function SendAgain({ mail: { id, state, tries, createdAt } }: { mail: MailRow }) {
  const { now } = usePresent()
  const isNew = tries === 0 && now - new Date(createdAt).getTime() < AT_ONCE_MS
  if (state === 'sent' || (state === 'waiting' && isNew)) return null
  return (
    <Form method="post">
      <FormToken />
      <input type="hidden" name="mailId" value={id} />
      <SubmitButton
        size="small"
        name="intent"
        value="send-again"
        pendingWhen={{ intent: 'send-again', mailId: id }}
      >
        {state === 'waiting' ? 'Try now' : 'Send again'}
      </SubmitButton>
    </Form>
  )
}
