import type { Logger } from 'pino'
import type { SendBarrier } from '~/accounts/revocations'
import type { Changes, Database } from '~/database/types'
import { joinSeveralNodes } from './several-nodes'

/**
 * The servers of an installation, as one of them sees them: each is a node. This is what makes an
 * ending final on all of them.
 */
export type Nodes = {
  /** What others wrote, and whether memory may be used. */
  changes: Changes
  sendBarrier: SendBarrier

  /** How many tabs a user has open, on every node. */
  countTabs(userId: string): Promise<number>
  /** How many of those are open here is asked of `count`. */
  answerTabCounts(count: (userId: string) => number): void

  /** Whether this node has heard nothing for so long that its tabs are better off at another. */
  isCutOff(this: void): boolean
  /** Calls `listener` when that begins. */
  onCutOff(listener: () => void): void

  /** Takes part from now on. Resolves when memory may be used, or when it is known that it may not. */
  join(): Promise<void>
  /** Takes part no longer: whatever is asked now is not answered from memory. */
  leave(): Promise<void>
}

/**
 * @param as the command line ends what it ends as finally as a server does, and remembers nothing
 */
export function createNodes({
  database,
  as,
  log,
}: {
  database: Pick<Database, 'others'>
  as: 'server' | 'command-line'
  log: Logger
}): Nodes {
  const { others } = database
  if ('changes' in others) return createOnlyNode(others.changes)
  return joinSeveralNodes({ channel: others.channel, remembers: as === 'server', log })
}

/**
 * The nodes of an installation that has one: a database that only one server may open. An ending is
 * final when this process has forgotten what ended, which its listeners do before anybody is asked
 * for a confirmation. So there is nothing to send, and it confirms itself.
 */
function createOnlyNode(changes: Changes): Nodes {
  let countHere = (_: string) => 0
  const itself = { confirmed: 1, total: 1, tabs: 0 }

  return {
    changes,
    sendBarrier: () =>
      Promise.resolve({ confirmed: () => Promise.resolve(itself), forget: () => undefined }),
    countTabs: (userId) => Promise.resolve(countHere(userId)),
    answerTabCounts: (count) => (countHere = count),
    isCutOff: () => false,
    onCutOff: () => undefined,
    join: () => Promise.resolve(),
    leave: () => Promise.resolve(),
  }
}
