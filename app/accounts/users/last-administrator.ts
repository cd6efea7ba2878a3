import type { Client, Transaction } from '~/database/types'

/**
 * Whether without this user nobody could administer the installation. To be asked in the transaction
 * that demotes, disables or deletes, after `database.lockAdministrators`: two administrators who act
 * on each other at once must not both be told that the other remains. Outside of one it is good for
 * not offering what would be refused.
 */
export async function isLastAdministrator(
  database: Client | Transaction,
  userId: string,
): Promise<boolean> {
  const administrators = await database.user.findMany({
    where: { role: 'admin', disabledAt: null },
    select: { id: true },
    take: 2,
  })
  return administrators.length === 1 && administrators[0]?.id === userId
}

export type LastAdmin = { ok: false; code: 'LAST_ADMIN' }
export const lastAdmin = { ok: false as const, code: 'LAST_ADMIN' as const }
