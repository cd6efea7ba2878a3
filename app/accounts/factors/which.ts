import type { Client, Role, Transaction } from '~/database/types'

/** Of whom a second factor is demanded, whatever applications ask for. */
export type FactorPolicy = 'optional' | 'administrators' | 'everybody'

export const isFactorDemanded = (policy: FactorPolicy, role: Role): boolean =>
  policy === 'everybody' || (policy === 'administrators' && role === 'admin')

/** What somebody can take a second step with. */
export type OwnFactors = { authenticator: boolean; passkeys: number; recoveryCodes: number }

export async function factorsOf(client: Client | Transaction, userId: string): Promise<OwnFactors> {
  const where = { userId }
  const [authenticators, passkeys, recoveryCodes] = [
    await client.authenticator.count({ where }),
    await client.passkey.count({ where }),
    await client.recoveryCode.count({ where }),
  ]
  return { authenticator: authenticators > 0, passkeys, recoveryCodes }
}

/** Whether the password alone is not enough. Recovery codes only stand in for a factor. */
export const hasFactor = ({ authenticator, passkeys }: OwnFactors): boolean =>
  authenticator || passkeys > 0

/** When the oldest of somebody's factors was made; the beginning of 1970 where there is none. */
export async function firstFactorAt(client: Client | Transaction, userId: string): Promise<Date> {
  const [authenticator, passkey] = [
    await client.authenticator.findUnique({ where: { userId }, select: { createdAt: true } }),
    await client.passkey.findFirst({
      where: { userId },
      orderBy: { createdAt: 'asc' },
      select: { createdAt: true },
    }),
  ]
  const times = [authenticator, passkey].flatMap((row) => (row ? [row.createdAt.getTime()] : []))
  return new Date(times.length > 0 ? Math.min(...times) : 0)
}
