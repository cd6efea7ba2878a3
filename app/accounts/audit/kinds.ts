/** Everything that is written down, with the words a person reads. */
export const AUDIT_KINDS = {
  'user.created': 'Account created',
  'user.renamed': 'Name changed',
  'user.email-change-asked': 'Another e-mail address asked for',
  'user.email-changed': 'E-mail address changed',
  'user.email-taken-back': 'E-mail address taken back',
  'user.username-given': 'Username given',
  'user.username-changed': 'Username changed',
  'user.role-changed': 'Role changed',
  'user.disabled': 'Account disabled',
  'user.enabled': 'Account enabled',
  'user.deleted': 'Account deleted',
  'user.exported': 'Data downloaded',
  'password.changed': 'Password changed',
  'password.set': 'Password chosen',
  'password.refused': 'Wrong password given',
  'passkey.added': 'Passkey added',
  'passkey.renamed': 'Passkey renamed',
  'passkey.removed': 'Passkey removed',
  'link.for-factor-created': 'Link for a second factor created',
  'factor.added': 'Second factor added',
  'factor.removed': 'Second factor removed',
  'recovery-codes.made': 'Recovery codes made',
  'recovery-code.used': 'Recovery code used',
  'device.remembered': 'Device remembered',
  'devices.forgotten': 'Remembered devices ended',
  'second-step.refused': 'Second step refused',
  'second-step.proved': 'Second factor given',
  'passkey.counted-back': 'Passkey may have been copied',
  'link.created': 'Password link created',
  'session.started': 'Signed in',
  'session.refused': 'Sign-in refused',
  'session.proved': 'Identity confirmed again',
  'session.signed-out': 'Signed out',
  'session.named': 'Device named',
  'session.ended': 'Session ended',
  'session.disowned': 'Reported as “not me”',
  'sessions.ended': 'Sessions ended',
  'token.created': 'API token created',
  'token.revoked': 'API token revoked',
  'token.expired': 'API token expired',
  'group.added': 'Group added',
  'group.renamed': 'Group renamed',
  'group.removed': 'Group removed',
  'group.joined': 'Added to a group',
  'group.left': 'Taken out of a group',
  'application.added': 'Application added',
  'application.changed': 'Application changed',
  'application.removed': 'Application removed',
  'application.reached': 'Signed in to an application',
  'application.refused': 'Refused at an application',
  'application.left': 'Signed out of an application',
  'application.everybody-left': 'Everybody signed out of an application',
  'mail.sent-again': 'Mail sent again',
  'audit.exported': 'Audit log downloaded',
  'database.restored': 'Database restored',
} as const

export type AuditKind = keyof typeof AUDIT_KINDS

/** The words of an event. Who forgot their password is not signed in, so that nobody made the link. */
export function wordsOf(
  kind: string,
  { actorId, details }: { actorId: string | null; details: Record<string, unknown> },
): string {
  if (kind === 'link.created' && actorId === null && details.mailed === true) {
    return 'A link to choose a new password was asked for'
  }
  return AUDIT_KINDS[kind as AuditKind] ?? kind
}
