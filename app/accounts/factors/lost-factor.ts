import type { Client, Transaction } from '~/database/types'
import { minutes } from '../time'
import type { Viewer } from '../viewer'

/** How long somebody who came in by a recovery code may put a new factor in place of the lost one. */
const LOST_FOR = minutes(15)

/**
 * Whether this session may make a new factor, though it was not proved afresh who is there. One: after that
 * it is asked for like any other. To be decided under the lock of the user.
 */
export async function mayReplaceLostFactor(
  client: Client | Transaction,
  { user, session }: Viewer,
  now: Date,
): Promise<boolean> {
  const isByCode = session.secondFactor === 'recovery_code'
  if (!isByCode || now.getTime() - session.createdAt.getTime() >= LOST_FOR) return false
  const where = { userId: user.id, createdBySession: session.id }
  const made =
    (await client.passkey.count({ where })) + (await client.authenticator.count({ where }))
  return made === 0
}
