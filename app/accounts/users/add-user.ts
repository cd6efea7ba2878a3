import type { Role, Transaction } from '~/database/types'
import { isUniqueViolation } from '~/database/errors'
import { nameKeyOf } from '../name-key'

export type AddedUser = { id: string; name: string }

/** What lastActiveAt says of somebody who never was. */
export const NEVER = new Date(0)

/** When somebody was last active; null for somebody who never was. */
export const lastActive = (at: Date): Date | null => (at.getTime() === NEVER.getTime() ? null : at)

/**
 * Adds a user's row, and the password's when there is one. To be run in a transaction, with an id that
 * the username was given to.
 *
 * @param user.isConfirmed whether the e-mail address is this person's: an administrator says so, or they
 *   read a mail there
 * @param user.isGreeted whether they are shown what is left to do; see next-steps.ts
 */
export async function addUser(
  tx: Transaction,
  user: {
    id: string
    username: string
    name: string
    email: string
    isConfirmed: boolean
    role: Role
    passwordHash: string | null
    isGreeted?: boolean
    now: Date
  },
): Promise<AddedUser> {
  const { id, username, name, email, isConfirmed, role, passwordHash, now } = user
  const { isGreeted = false } = user
  const added = await tx.user.create({
    data: {
      id,
      username,
      name,
      nameKey: nameKeyOf(name),
      email,
      emailConfirmedAt: isConfirmed ? now : null,
      role,
      isGreeted,
      createdAt: now,
      updatedAt: now,
      lastActiveAt: NEVER,
      ...(passwordHash !== null && {
        password: { create: { hash: passwordHash, changedAt: now } },
      }),
    },
    select: { id: true, name: true },
  })
  await refuseReserved(tx, { email, userId: id }, now)
  return added
}

/**
 * To be called after an address was written: one that another person may still take back is not free.
 * Not before, since that person may be giving it up at this very moment: then the index lets only what
 * they have committed be seen here.
 *
 * @throws EmailReserved for unlessEmailTaken
 */
export async function refuseReserved(
  tx: Transaction,
  { email, userId }: { email: string; userId: string },
  now: Date,
): Promise<void> {
  const reserved = await tx.emailChange.count({
    where: { fromEmail: email, userId: { not: userId }, reservedUntil: { gt: now } },
  })
  if (reserved > 0) throw new EmailReserved('the address can still be taken back')
}

class EmailReserved extends Error {
  override name = 'EmailReserved'
}

/** Runs work that writes an e-mail address; the index, and refuseReserved, decide whether it was free. */
export async function unlessEmailTaken<T>(
  work: () => Promise<T>,
): Promise<T | { ok: false; code: 'EMAIL_TAKEN' }> {
  try {
    return await work()
  } catch (error) {
    if (isUniqueViolation(error, 'email') || error instanceof EmailReserved)
      return { ok: false, code: 'EMAIL_TAKEN' }
    throw error
  }
}
