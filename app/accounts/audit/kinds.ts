/** Everything that is written down, with the words a person reads. */
export const AUDIT_KINDS = {
  'user.created': 'Account created',
  'user.renamed': 'Name changed',
  'user.email-changed': 'E-mail address changed',
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
  'link.created': 'Password link created',
  'session.started': 'Signed in',
  'session.refused': 'Sign-in refused',
  'session.signed-out': 'Signed out',
  'session.ended': 'Session ended',
  'sessions.ended': 'Sessions ended',
  'token.created': 'API token created',
  'token.revoked': 'API token revoked',
  'token.expired': 'API token expired',
  'database.restored': 'Database restored',
} as const

export type AuditKind = keyof typeof AUDIT_KINDS
