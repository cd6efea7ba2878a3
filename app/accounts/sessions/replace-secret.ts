import type { Transaction } from '~/database/types'
import type { Announce } from '../revocations'
import { hashSecret } from '../secret-token'
import type { Viewer } from '../viewer'
import type { StartedSession } from './insert'
import { isPersistent, type SessionPolicy } from './policy'
import { createSessionSecret } from './session-secret'

/**
 * Gives a session a new secret, inside the transaction that changes what the old one was granted
 * for. A copy of the old cookie is worth nothing from the commit on.
 */
export async function replaceSecret(
  tx: Transaction,
  announce: Announce,
  { user, session }: Viewer,
  policy: SessionPolicy,
): Promise<StartedSession> {
  const secret = createSessionSecret(session.id)
  await tx.session.update({
    where: { id: session.id, userId: user.id },
    data: { tokenHash: hashSecret(secret) },
  })
  announce({ type: 'secret-replaced', userId: user.id, sessionId: session.id })
  return { id: session.id, secret, endsAt: session.endsAt, kept: isPersistent(session, policy) }
}
