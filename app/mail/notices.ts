import type { Mail } from '~/accounts/mail'
import type { Message } from './message'
import * as messages from './messages'

type WithLink =
  | 'invitation'
  | 'forgotten-password'
  | 'choose-new-password'
  | 'sign-up'
  | 'confirm-email'
  | 'email-changed'
  | 'new-device'
type Notice = Exclude<Mail, { kind: WithLink | 'account-deleted' }>

/** The message of what needs nothing but itself. Null for a kind that a newer version wrote. */
export function noticeOf(mail: Notice, head: messages.Letterhead): Message | null {
  switch (mail.kind) {
    case 'email-changed-by-administrator':
      return messages.emailChangedByAdministrator(head)
    case 'password-changed':
      return messages.passwordChanged(head)
    case 'factor-added':
      return messages.factorAdded({ ...head, added: mail })
    case 'factor-removed':
      return messages.factorRemoved({ ...head, ...mail, removed: mail })
    case 'recovery-code-used':
      return messages.recoveryCodeUsed({ ...head, left: mail.left })
    case 'token-made':
      return messages.tokenMade({ ...head, name: mail.name })
    case 'account-disabled':
      return messages.accountDisabled(head)
    case 'account-enabled':
      return messages.accountEnabled(head)
    case 'role-changed':
      return messages.roleChanged({ ...head, role: mail.role })
    case 'second-step-failed':
      return messages.secondStepFailed(head)
    case 'test':
      return messages.test(head)
    default:
      mail satisfies never
      return null
  }
}
