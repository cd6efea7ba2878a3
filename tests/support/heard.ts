import type { Listener, Revocation } from '../../app/accounts/revocations'
import { isOnPostgres } from './test-database'

type Listened = { revocations: { subscribe(listener: Listener): () => void } }

/**
 * What listeners are told while `work` runs. On PostgreSQL a node hears from the database also of what
 * it has ended itself: the same thing, told again, counts once.
 */
export async function heardDuring({ revocations }: Listened, work: () => Promise<unknown>) {
  const told: Revocation[] = []
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

const spelled = (revocation: Revocation) =>
  JSON.stringify(revocation, Object.keys(revocation).sort())
