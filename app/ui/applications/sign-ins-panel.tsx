import { Form } from '@remix-run/react'
import LogIn from 'lucide-react/icons/log-in'
import { DoubleCheckButton } from '../controls/double-check-button'
import { TextLink } from '../controls/text-link'
import { DataTable, type Column } from '../display/data-table'
import { EmptyState } from '../display/empty-state'
import { RelativeTime } from '../display/relative-time'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'

type Moment = string | number | Date

export type SignInRow = {
  id: string
  user: { id: string; name: string }
  /** "Firefox on macOS" */
  browser: string
  ip: string
  createdAt: Moment
  lastUsedAt: Moment
}

/** Who is signed in to an application, with the ways to end that. */
export function SignInsPanel({
  application,
  signIns,
  total,
}: {
  application: string
  signIns: readonly SignInRow[]
  /** May be more than are listed. */
  total: number
}) {
  return (
    <Panel
      flush
      heading="Who is signed in"
      description={
        signIns.length > 0 &&
        'Each line is one browser. Whoever is signed out here stays signed in to Latchkey, and is signed in again when they open it, if they may still use it.'
      }
      actions={
        // Of a single one its own button does the same.
        signIns.length > 1 && (
          <Form method="post">
            <FormToken />
            <DoubleCheckButton label="Sign everybody out" name="intent" value="end-sign-ins" />
          </Form>
        )
      }
      footer={total > signIns.length && `The last used ${signIns.length} of ${total} browsers.`}
    >
      <DataTable
        caption={`Who is signed in to ${application}`}
        columns={COLUMNS}
        rows={signIns}
        rowKey={({ id }) => id}
        empty={
          <EmptyState icon={<LogIn />} title="Nobody is signed in">
            People are, as soon as they open {application} through your proxy.
          </EmptyState>
        }
      />
    </Panel>
  )
}

const COLUMNS: Column<SignInRow>[] = [
  {
    key: 'person',
    header: 'Person',
    isTitle: true,
    cell: ({ user }) => <TextLink to={`/admin/users/${user.id}`}>{user.name}</TextLink>,
  },
  {
    key: 'browser',
    header: 'Browser',
    cell: ({ browser, ip }) => (
      <>
        {browser}
        <span className="block text-[0.8125rem] text-soft">{ip}</span>
      </>
    ),
  },
  {
    key: 'since',
    header: 'Since',
    cell: ({ createdAt }) => <RelativeTime at={createdAt} wording="day" />,
  },
  {
    key: 'used',
    header: 'Last used',
    cell: ({ lastUsedAt }) => <RelativeTime at={lastUsedAt} />,
  },
  {
    key: 'end',
    header: 'Sign out',
    headerHidden: true,
    align: 'right',
    cell: ({ id, user, browser }) => (
      <Form method="post">
        <FormToken />
        <input type="hidden" name="signInId" value={id} />
        <DoubleCheckButton
          size="small"
          tone="default"
          className="whitespace-nowrap"
          label="Sign out"
          of={`${user.name}, ${browser}`}
          name="intent"
          value="end-sign-in"
          pendingWhen={{ signInId: id }}
        />
      </Form>
    ),
  },
]
