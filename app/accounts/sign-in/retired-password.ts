import type { Client, Transaction } from '~/database/types'
import type { Clock } from '../time'
import type { Passwords } from './passwords'

/**
 * Makes somebody's password worthless, which somebody else may know: from now on it opens nothing, and is
 * not taken as the next one. To be run under the lock of the user.
 */
export async function retirePassword(
  tx: Transaction,
  userId: string,
  { clock }: { clock: Clock },
): Promise<void> {
  const password = await tx.password.findUnique({ where: { userId }, select: { hash: true } })
  // There may be none since an earlier one was retired, which is not forgotten then.
  if (!password) return
  const retired = { hash: password.hash, retiredAt: clock.now() }
  await tx.retiredPassword.upsert({
    where: { userId },
    create: { userId, ...retired },
    update: retired,
  })
  await tx.password.delete({ where: { userId } })
}

/** Whether somebody chooses the password that was retired. */
export async function isRetiredPassword(
  client: Client,
  { userId, password }: { userId: string; password: string },
  passwords: Pick<Passwords, 'verify'>,
): Promise<boolean> {
  const retired = await client.retiredPassword.findUnique({
    where: { userId },
    select: { hash: true },
  })
  return retired !== null && (await passwords.verify(password, retired.hash)).matches
}

/** Lets go of it, when another one was chosen. */
export async function forgetRetiredPassword(tx: Transaction, userId: string): Promise<void> {
  await tx.retiredPassword.deleteMany({ where: { userId } })
}
