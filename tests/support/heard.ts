import type { Listener, Revocation } from '../../app/accounts/revocations'
import { isOnPostgres } from './test-database'

type Listened = {
  revocations: { subscribe(listener: Listener): () => void }
  nodes: { countTabs(userId: string): Promise<number> }
}

/**
 * What listeners are told while `work` runs. On PostgreSQL a node hears from the database also of what
 * it has ended itself: the same thing, told again, counts once.
 */
export async function heardDuring(
  { revocations, nodes }: Listened,
  work: () => Promise<unknown>,
): Promise<Revocation[]> {
  const told: Revocation[] = []
  // An answer comes after everything that was said before the question.
  await nodes.countTabs('nobody')
  const unsubscribe = revocations.subscribe((revocation) => {
    if (!isOnPostgres || !told.some((earlier) => isSame(earlier, revocation))) told.push(revocation)
  })
  try {
    await work()
  } finally {
    unsubscribe()
  }
  return told
}

const isSame = (one: Revocation, other: Revocation) => spelled(one) === spelled(other)

/** The same text for the same thing, in whatever order its parts and its sessions are named. */
const spelled = (revocation: Revocation) =>
  JSON.stringify(
    Object.entries(revocation)
      .map(([name, value]) => [
        name,
        Array.isArray(value) ? [...(value as string[])].sort() : value,
      ])
      .sort(),
  )
