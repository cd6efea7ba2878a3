import type { Role, Transaction } from '~/database/types'

/*
 * The mails that the rules of accounts send, by what they tell. The messages themselves, and how they
 * reach anybody, are the matter of mail/.
 */

/** A second factor, as mails speak of it. */
export type MailedFactor =
  { factor: 'authenticator' } | { factor: 'passkey'; name: string } | { factor: 'recovery-codes' }

/**
 * Where somebody was going who asked for a mail: a path of ours. It stays here, where the link finds it
 * again: in the mail it would be a stranger's text.
 */
export type OnTheWay = { goingTo?: string }

/** What a mail is about. None holds a secret: a link's is made when the mail is sent. */
export type Mail =
  /** To somebody whom an administrator added. */
  | { kind: 'invitation' }
  /** To whatever address somebody typed, known or not. */
  | ({ kind: 'forgotten-password'; ip: string } & OnTheWay)
  | ({ kind: 'sign-up' } & OnTheWay)
  /** To the new address, and to the old one, of a row of EmailChange. */
  | { kind: 'confirm-email'; emailChangeId: string }
  | { kind: 'email-changed'; emailChangeId: string }
  /** To the address that an administrator replaced. There is nothing to take back. */
  | { kind: 'email-changed-by-administrator' }
  /** After "It wasn't me": the old password no longer works. */
  | { kind: 'choose-new-password' }
  | { kind: 'password-changed' }
  | ({ kind: 'factor-added' } & MailedFactor)
  | ({ kind: 'factor-removed'; byAdministrator: boolean } & MailedFactor)
  | { kind: 'recovery-code-used'; left: number }
  | { kind: 'token-made'; name: string }
  | { kind: 'account-disabled' }
  | { kind: 'account-enabled' }
  | { kind: 'account-deleted'; byAdministrator: boolean }
  | { kind: 'role-changed'; role: Role }
  /** Of a row of SignInNotice. */
  | { kind: 'new-device'; signInNoticeId: string }
  /** The password was right several times, and what follows it wrong. */
  | { kind: 'second-step-failed' }
  /** An administrator wants to see whether mail works. */
  | { kind: 'test' }

/**
 * To a person at the address they have in this transaction, or at another one; or to an address alone,
 * where nobody is known, or the person is just being deleted.
 */
export type Recipient = { userId: string; address?: string } | { userId: null; address: string }

/**
 * Writes a mail down in the transaction of what it tells about; it goes out after the commit. Where no
 * mail is set up nothing is written.
 */
export type EnqueueMail = (tx: Transaction, to: Recipient, mail: Mail) => Promise<void>
