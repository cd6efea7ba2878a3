import type { Transaction } from '~/database/types'
import { bytesOfKey } from '../secret-token'
import { minutes } from '../time'
import type { Viewer } from '../viewer'

/** How long it counts that somebody proved who they are; see sign-in/step-up.ts. */
export const FRESH_FOR = minutes(15)

/** The `authenticatedAt` of a session that has to prove it before it may do any of that. */
export const NOT_FRESH = new Date(0)

type Proved = Pick<Viewer['session'], 'authenticatedAt'>

/** Whether whoever is in this session proved lately who they are. */
export const isFresh = ({ authenticatedAt }: Proved, now: Date): boolean =>
  now.getTime() - authenticatedAt.getTime() < FRESH_FOR

/**
 * Thrown by whatever needs somebody who proved lately who they are, to undo the transaction it is in:
 * nothing was done, and the same may be asked again with a proof.
 */
export class StepUpNeeded extends Error {
  override name = 'StepUpNeeded'
}

/**
 * The row of the session that acts, as it is now; null when that session may do nothing any more. To
 * be asked under the lock of its user. A request may have waited for that lock while the session was
 * given a new secret, and its own may be a copy, so the secret that it was let in by has to be the
 * one that the row still has.
 */
export function findActing(
  tx: Pick<Transaction, 'session'>,
  { user, session }: Viewer,
  now: Date,
): Promise<Proved | null> {
  return tx.session.findFirst({
    where: {
      id: session.id,
      userId: user.id,
      tokenHash: bytesOfKey(session.secretKey),
      expiresAt: { gt: now },
      user: { disabledAt: null },
    },
    select: { authenticatedAt: true },
  })
}

/** @throws StepUpNeeded */
export function requireFresh(row: Proved, now: Date): void {
  if (!isFresh(row, now)) throw new StepUpNeeded('Who acts has not proved lately who they are')
}
