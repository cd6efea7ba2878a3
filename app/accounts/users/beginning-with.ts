import type { Client } from '~/database/types'
import type { KeyRange } from '../name-key'

/**
 * The ids of users whose name, e-mail address or username begins so, each found by its own index, which
 * ends at the last row that it needs.
 *
 * @param take at most so many by each
 * @param and what else is asked of them
 */
export async function usersBeginningWith(
  { user }: Client,
  range: KeyRange,
  { take, and = [] }: { take: number; and?: object[] },
): Promise<string[]> {
  const look = { select: { id: true }, take } as const
  const [byName, byEmail, byUsername] = await Promise.all([
    user.findMany({
      where: { AND: [{ nameKey: range }, ...and] },
      orderBy: { nameKey: 'asc' },
      ...look,
    }),
    user.findMany({
      where: { AND: [{ email: range }, ...and] },
      orderBy: { email: 'asc' },
      ...look,
    }),
    user.findMany({
      where: { AND: [{ username: range }, ...and] },
      orderBy: { username: 'asc' },
      ...look,
    }),
  ])
  return [...new Set([...byName, ...byEmail, ...byUsername].map(({ id }) => id))]
}
