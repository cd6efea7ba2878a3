import type { Database, Role } from '~/database/types'
import type { Clock } from '../time'
import { lastActive } from './add-user'
import { activeSignIns } from './delete-user'
import { isLastAdministrator } from './last-administrator'

export type UserDetails = {
  id: string
  username: string
  name: string
  email: string
  role: Role
  disabledAt: Date | null
  createdAt: Date
  lastActiveAt: Date | null
  hasPassword: boolean
  /** Whether there is a link that works by which they choose one. */
  hasPasswordLink: boolean
  authenticator: boolean
  passkeys: number
  recoveryCodes: number
  /** Whether an administrator has to help before they can make a second factor again. */
  linkToAddFactor: boolean
  activeSessions: number
  apiTokens: number
  applicationSignIns: number
}

export function createFindUser({ database, clock }: { database: Database; clock: Clock }) {
  /** One user with what administrators may know: never a hash. Null when there is none. */
  async function findUser(userId: string): Promise<UserDetails | null> {
    const active = { expiresAt: { gt: clock.now() } }
    const signIns = activeSignIns(userId, clock.now())
    const row = await database.client.user.findUnique({
      where: { id: userId },
      select: {
        id: true,
        username: true,
        name: true,
        email: true,
        role: true,
        disabledAt: true,
        createdAt: true,
        lastActiveAt: true,
        linkToAddFactor: true,
        authenticator: { select: { userId: true } },
        password: { select: { userId: true } },
        _count: {
          select: {
            ...{
              sessions: { where: active },
              apiTokens: true,
              passkeys: true,
              recoveryCodes: true,
            },
            links: { where: { ...active, purpose: 'password' } },
          },
        },
      },
    })
    if (!row) return null
    const applicationSignIns = await database.client.applicationSession.count({ where: signIns })
    const { password, authenticator, _count, lastActiveAt, ...user } = row
    return {
      ...user,
      lastActiveAt: lastActive(lastActiveAt),
      hasPassword: password !== null,
      hasPasswordLink: _count.links > 0,
      authenticator: authenticator !== null,
      passkeys: _count.passkeys,
      recoveryCodes: _count.recoveryCodes,
      activeSessions: _count.sessions,
      apiTokens: _count.apiTokens,
      applicationSignIns,
    }
  }

  /** Those of some ids that are somebody's still. */
  async function usersAmong(ids: readonly string[]): Promise<Set<string>> {
    const rows = await database.client.user.findMany({
      where: { id: { in: [...new Set(ids)] } },
      select: { id: true },
    })
    return new Set(rows.map(({ id }) => id))
  }

  return {
    findUser,
    usersAmong,
    isLastAdministrator: (userId: string) => isLastAdministrator(database.client, userId),
  }
}
