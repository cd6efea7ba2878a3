import AtSign from 'lucide-react/icons/at-sign'
import KeyRound from 'lucide-react/icons/key-round'
import MonitorSmartphone from 'lucide-react/icons/monitor-smartphone'
import RotateCcwKey from 'lucide-react/icons/rotate-ccw-key'
import ShieldOff from 'lucide-react/icons/shield-off'
import { PreviewList, type PreviewItem } from '../display/preview-list'

/** What pressing "It wasn't me" does, before it is pressed. */
export function DisownEffects({ keepsThisOne = false }: { keepsThisOne?: boolean }) {
  return (
    <PreviewList
      items={[
        {
          icon: <MonitorSmartphone />,
          label: keepsThisOne ? 'Every other session ends' : 'Every session ends',
          detail: 'Whoever knows your password may have used it more than once.',
        },
        {
          icon: <ShieldOff />,
          label: 'What was added since goes',
          detail:
            'Passkeys, authenticator, recovery codes, API tokens and links, whoever added them. A changed e-mail address is changed back.',
        },
        {
          icon: <RotateCcwKey />,
          label: 'Your password stops working',
          detail: 'You choose a new one before you sign in again.',
        },
      ]}
    />
  )
}

export type DisownedOutcome = {
  sessions: number
  restoredEmail: string | null
  isAddressLost?: boolean
  authenticator: boolean
  recoveryCodes: number
  passkeys: readonly string[]
  apiTokens: readonly string[]
}

/** What it did. */
export function DisownOutcome({ outcome }: { outcome: DisownedOutcome }) {
  const { sessions, restoredEmail, authenticator, recoveryCodes, passkeys, apiTokens } = outcome
  const { isAddressLost = false } = outcome
  const factors = [
    authenticator && 'the authenticator',
    recoveryCodes > 0 && 'the recovery codes',
    ...passkeys.map((name) => `the passkey “${name}”`),
  ].filter((words) => typeof words === 'string')
  const items: (PreviewItem | false)[] = [
    sessions > 0 && {
      icon: <MonitorSmartphone />,
      label: sessions === 1 ? '1 session ended' : `${sessions} sessions ended`,
    },
    { icon: <RotateCcwKey />, label: 'The password no longer works' },
    restoredEmail !== null && {
      icon: <AtSign />,
      label: `Your e-mail address is ${restoredEmail} again`,
    },
    isAddressLost && {
      icon: <AtSign />,
      label: 'Your e-mail address could not be changed back',
      detail: 'Another account has the one from before by now. Tell an administrator.',
    },
    factors.length > 0 && {
      icon: <ShieldOff />,
      label: 'Removed, since it was added after that sign-in',
      detail: factors.join(', '),
    },
    apiTokens.length > 0 && {
      icon: <KeyRound />,
      label:
        apiTokens.length === 1 ? '1 API token revoked' : `${apiTokens.length} API tokens revoked`,
      detail: apiTokens.join(', '),
    },
  ]
  return <PreviewList items={items.filter((item) => item !== false)} />
}
