/** What mails are about, as administrators read it. */
export const MAIL_KINDS: Record<string, string> = {
  invitation: 'Link to choose a password',
  'forgotten-password': 'Forgotten password',
  'sign-up': 'Sign-up',
  'confirm-email': 'New address to confirm',
  'email-changed': 'Address changed',
  'email-changed-by-administrator': 'Address changed by an administrator',
  'choose-new-password': 'New password after a sign-in reported as “not me”',
  'password-changed': 'Password changed',
  'factor-added': 'Second factor added',
  'factor-removed': 'Second factor removed',
  'recovery-code-used': 'Recovery code used',
  'token-made': 'API token created',
  'account-disabled': 'Account disabled',
  'account-enabled': 'Account enabled',
  'account-deleted': 'Account deleted',
  'role-changed': 'Role changed',
  'new-device': 'New device',
  'second-step-failed': 'Second step failed',
  test: 'Test',
}

export const MAIL_STATES = { waiting: 'Waiting', sent: 'Sent', given_up: 'Given up' } as const
