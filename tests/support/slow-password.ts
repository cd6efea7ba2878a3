import { createPasswords } from '../../app/accounts/sign-in/passwords'
import type { Queries } from './queries'
import { PASSWORD } from './visitor'

/** The cost of a password that takes more than a second to look at: time for something to happen. */
const SLOW = 14

/** Makes the password of chosen people slow to look at, so that a test can act while one is. */
export async function createSlowPassword({ query, queryValue }: Queries) {
  const passwords = createPasswords({ cost: SLOW })
  const slowHash = await passwords.hash(PASSWORD)
  await passwords.close()

  return {
    slowDown: (email: string) =>
      query(
        'UPDATE "Password" SET "hash" = ? WHERE "userId" = (SELECT "id" FROM "User" WHERE "email" = ?)',
        ...[slowHash, email],
      ),

    /** A proof of the current password is counted before it is made, and given back after. */
    isLookedAt: async () =>
      (await queryValue(
        `SELECT count(*) FROM "AttemptCounter" WHERE "key" LIKE 'currentPassword%' AND "points" > 0`,
      )) !== 0,
  }
}
