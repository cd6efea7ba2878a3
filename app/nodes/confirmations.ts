import type { Logger } from 'pino'
import type { Barrier, Confirmation } from '~/accounts/revocations'
import type { Channel } from '~/database/types'
import type { SteadyTime } from './steady-time'

/** A little longer than a lease. Why that is enough: see several-nodes.ts. */
const WAIT_MS = 2_200

type Answer = { id: string; node: string; tabs: number }
type Expected = { tabs: Map<string, number>; review: () => void }

/** Waits until every node on the list has confirmed a barrier, or answered a question. */
export function createConfirmations({
  channel,
  log,
  time,
  isDeaf,
}: {
  channel: Pick<Channel, 'list' | 'remove'>
  log: Pick<Logger, 'warn'>
  time: SteadyTime
  /** Whether a node is known to use nothing from memory until it has forgotten everything. */
  isDeaf: (node: string) => boolean
}) {
  const expected = new Map<string, Expected>()
  /** For when the list cannot be read. Then nobody is taken off it, and the wait is as long as it can be. */
  let lastList: Awaited<ReturnType<Channel['list']>> = []

  async function confirmed(id: string, { tabs }: Expected): Promise<Confirmation> {
    const list = await readList()
    const nodes = list ?? lastList
    const isSilent = ({ node }: { node: string }) => !tabs.has(node) && !isDeaf(node)
    await waitUntil(() => list !== null && !list.some(isSilent), id)
    const silent = nodes.filter(isSilent)
    if (list) silent.forEach(remove)
    const sum = [...tabs.values()].reduce((total, count) => total + count, 0)
    return { confirmed: nodes.length - silent.length, total: nodes.length, tabs: sum }
  }

  async function readList() {
    try {
      return (lastList = await channel.list())
    } catch (error) {
      log.warn({ err: error }, 'the list of nodes could not be read')
      return null
    }
  }

  function waitUntil(isOver: () => boolean, id: string): Promise<void> {
    return new Promise((resolve) => {
      const callOff = time.after(WAIT_MS, resolve)
      const review = () => {
        if (!isOver()) return
        callOff()
        resolve()
      }
      expected.get(id)!.review = review
      review()
    })
  }

  /** Only if it has pinged no more since the list was read: else it may have a lease again. */
  function remove({ node, ping }: { node: string; ping: number }) {
    log.warn(
      { node },
      'a node is silent: it uses nothing from memory, and nobody waits for it any more',
    )
    channel
      .remove(node, ping)
      .catch((error: unknown) => log.warn({ err: error }, 'a silent node stays on the list'))
  }

  return {
    /** From now on answers are gathered, which may come before anybody asks for them. */
    expect(id: string): Barrier {
      const answers = { tabs: new Map<string, number>(), review: () => {} }
      expected.set(id, answers)
      const forget = () => void expected.delete(id)
      return { confirmed: () => confirmed(id, answers).finally(forget), forget }
    },

    /** @returns whether it was this process that asked */
    add({ id, node, tabs }: Answer): boolean {
      const asked = expected.get(id)
      asked?.tabs.set(node, tabs)
      asked?.review()
      return asked !== undefined
    },

    /** Looks again at who is still waited for. */
    review() {
      for (const { review } of expected.values()) review()
    },
  }
}
