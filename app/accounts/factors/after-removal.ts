import type { Transaction } from '~/database/types'
import { endPendingAndRemembered } from '../sign-in/pending-sign-ins'
import { factorsOf, hasFactor } from './which'

/**
 * What goes along when a factor was taken away: whatever waits for it or was spared it, and with the last
 * one the codes that stand in for it. The user's row is locked.
 */
export async function afterRemoval(tx: Transaction, userId: string): Promise<void> {
  await endPendingAndRemembered(tx, userId)
  if (!hasFactor(await factorsOf(tx, userId))) {
    await tx.recoveryCode.deleteMany({ where: { userId } })
  }
}
