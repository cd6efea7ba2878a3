import { Form } from '@remix-run/react'
import MonitorSmartphone from 'lucide-react/icons/monitor-smartphone'
import { ButtonLink } from '../controls/button'
import { DoubleCheckButton } from '../controls/double-check-button'
import { DataTable, type Column } from '../display/data-table'
import { EmptyState } from '../display/empty-state'
import { RelativeTime } from '../display/relative-time'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'

type Moment = string | number | Date

/** The way to change the password, which has a page of its own. */
export const PasswordPanel = ({ changedAt }: { changedAt: Moment | null }) => (
  <Panel
    heading="Password"
    description={
      changedAt ? (
        <>
          Chosen <RelativeTime at={changedAt} wording="day" />.
        </>
      ) : (
        'Not chosen yet.'
      )
    }
    actions={<ButtonLink to="/profile/password">Change password</ButtonLink>}
  />
)

/** The passkeys, which have a page of their own. */
export const PasskeysLink = ({ count }: { count: number }) => (
  <Panel
    heading="Passkeys"
    description={
      count === 0
        ? 'Sign in with a finger, a face or a PIN. From the first one on, your password alone is not enough.'
        : `You have ${count === 1 ? 'one passkey' : `${count} passkeys`}.`
    }
    actions={
      <ButtonLink to="/profile/passkeys">
        {count === 0 ? 'Add a passkey' : 'Manage passkeys'}
      </ButtonLink>
    }
  />
)

/** The authenticator app: set up, set up anew, or taken away. */
export function AuthenticatorPanel({
  authenticator,
}: {
  authenticator: { createdAt: Moment; lastUsedAt: Moment | null } | null
}) {
  const setUp = '/profile/security/authenticator'
  if (!authenticator) {
    return (
      <Panel
        heading="Authenticator app"
        description="Asks for a code of an app on your phone after the password, so that the password alone opens nothing."
        actions={
          <ButtonLink to={setUp} tone="primary">
            Set up
          </ButtonLink>
        }
      />
    )
  }
  const { createdAt, lastUsedAt } = authenticator
  return (
    <Panel
      heading="Authenticator app"
      description={
        <>
          Set up <RelativeTime at={createdAt} wording="day" />,{' '}
          {lastUsedAt ? (
            <>
              last used <RelativeTime at={lastUsedAt} />
            </>
          ) : (
            'not used yet'
          )}
          .
        </>
      }
      actions={
        <>
          <ButtonLink to={setUp}>Replace the app</ButtonLink>
          <Form method="post">
            <FormToken />
            <DoubleCheckButton
              label="Remove"
              armedLabel="Remove the app?"
              name="intent"
              value="remove-authenticator"
            />
          </Form>
        </>
      }
    />
  )
}

/** How many codes on paper are left. There are none without a factor that they stand in for. */
export const RecoveryCodesPanel = ({
  recoveryCodes,
}: {
  recoveryCodes: { left: number; createdAt: Moment } | null
}) => (
  <Panel
    heading="Recovery codes"
    description={
      recoveryCodes ? (
        <>
          {recoveryCodes.left} of 10 left, made{' '}
          <RelativeTime at={recoveryCodes.createdAt} wording="day" />. Each lets you in once when
          you have lost your phone or passkey.
        </>
      ) : (
        'None are left. Make new ones, or a lost phone locks you out.'
      )
    }
    actions={
      <Form method="post">
        <FormToken />
        <DoubleCheckButton
          tone="default"
          label="Make new codes"
          armedLabel="Replace these codes?"
          name="intent"
          value="renew-codes"
        />
      </Form>
    }
  />
)

export type DeviceRow = {
  id: string
  /** In words. */
  browser: string
  ip: string
  createdAt: Moment
  lastUsedAt: Moment | null
  expiresAt: Moment
}

/** Browsers that are not asked for the second step for a while. */
export const RememberedDevicesPanel = ({ devices }: { devices: readonly DeviceRow[] }) => (
  <Panel
    flush
    heading="Remembered devices"
    description="They are asked for the password only. A new password ends them all."
  >
    <DataTable
      caption="Remembered devices"
      columns={DEVICE_COLUMNS}
      rows={devices}
      rowKey={({ id }) => id}
      empty={
        <EmptyState icon={<MonitorSmartphone />} title="No remembered devices">
          Every sign-in asks for the second step.
        </EmptyState>
      }
    />
  </Panel>
)

const DEVICE_COLUMNS: Column<DeviceRow>[] = [
  {
    key: 'browser',
    header: 'Browser',
    isTitle: true,
    cell: ({ browser, ip }) => (
      <>
        {browser}
        <span className="block text-[0.8125rem] font-normal text-soft">{ip}</span>
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
    cell: ({ lastUsedAt }) => (lastUsedAt ? <RelativeTime at={lastUsedAt} /> : 'not used yet'),
  },
  {
    key: 'until',
    header: 'Until',
    cell: ({ expiresAt }) => <RelativeTime at={expiresAt} wording="day" />,
  },
  {
    key: 'forget',
    header: 'Ask again',
    headerHidden: true,
    align: 'right',
    cell: ({ id, browser }) => (
      <Form method="post">
        <FormToken />
        <input type="hidden" name="deviceId" value={id} />
        <DoubleCheckButton
          size="small"
          label="Ask again"
          of={browser}
          name="intent"
          value="forget-device"
          pendingWhen={{ deviceId: id }}
        />
      </Form>
    ),
  },
]
