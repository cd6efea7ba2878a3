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
    now: Date
  },
): Promise<AddedUser> {
  const { id, username, name, email, isConfirmed, role, passwordHash, now } = user
  return tx.user.create({
    data: {
      id,
      username,
      name,
      nameKey: nameKeyOf(name),
      email,
      emailConfirmedAt: isConfirmed ? now : null,
      role,
      createdAt: now,
      updatedAt: now,
      lastActiveAt: NEVER,
      ...(passwordHash !== null && {
        password: { create: { hash: passwordHash, changedAt: now } },
      }),
    },
    select: { id: true, name: true },
  })
}

/** Runs work that writes an e-mail address; the index decides whether it was free. */
export async function unlessEmailTaken<T>(
  work: () => Promise<T>,
): Promise<T | { ok: false; code: 'EMAIL_TAKEN' }> {
  try {
    return await work()
  } catch (error) {
    if (isUniqueViolation(error, 'email')) return { ok: false, code: 'EMAIL_TAKEN' }
    throw error
  }
}
