import type { Transaction } from '~/database/types'
import type { RecordAudit } from '../audit/record'
import type { Announce } from '../revocations'
import { newId } from '../row-id'
import type { Admit } from '../sign-in/admit'
import type { Clock } from '../time'
import type { Origin } from '../viewer'
import { addUser } from './add-user'
import { takeSuggested } from './usernames'

type NewAccount = {
  name: string
  email: string
  role: 'user' | 'admin'
  passwordHash: string
  /** Whether its owner has shown that they read the mailbox. */
  isConfirmed: boolean
}

type Deps = { record: RecordAudit; clock: Clock; admit: Admit }

/** Creates the account of whoever asks, in a transaction, and signs them in. */
export async function createAccount(
  tx: Transaction,
  announce: Announce,
  { isConfirmed, ...account }: NewAccount,
  origin: Origin,
  deps: Deps,
) {
  const { email, role } = account
  const id = newId()
  const now = deps.clock.now()
  // Who sets Latchkey up administers it, and is greeted with what to do next. Nobody else chooses their
  // username with their address.
  const isEntered = role === 'admin'
  const username = await takeSuggested(tx, { email, userId: id, isEntered })
  const entered = { isConfirmed: isConfirmed || isEntered, isGreeted: isEntered }
  const row = { ...account, ...entered, id, username, now }
  const user = await addUser(tx, row)
  const created = { kind: 'user.created', actor: user, subject: user, ip: origin.ip } as const
  await deps.record(tx, { ...created, details: { username } })
  const proof = { signedInBy: isConfirmed ? 'link' : 'password', secondFactor: null } as const
  const first = { user: { ...user, role: account.role }, kept: false, origin, proof }
  return { ok: true as const, ...(await deps.admit(tx, announce, first)) }
}
