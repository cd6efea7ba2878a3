import { createRevocations } from '../../app/accounts/revocations'
import type { Change, Transaction } from '../../app/database/types'
import { joinSeveralNodes } from '../../app/nodes/several-nodes'
import { createSimulatedDatabase, type SimulatedTransaction } from './simulated-database'
import { createSimulatedNetwork } from './simulated-network'
import { createMachine, createVirtualTime } from './virtual-time'

export const silentLog = { info() {}, warn() {}, error() {} } as never

/** Nodes without memory of their own, over a simulated database, for a test that tells one story. */
export function createCluster() {
  const time = createVirtualTime()
  const network = createSimulatedNetwork(time)
  const database = createSimulatedDatabase(time, network)
  /** Of an operator, whom nothing holds up. */
  const byHand = database.createChannel(createMachine('by hand', time, 0))

  function start(name: string, { remembers = true, tabs = 0 } = {}) {
    const machine = createMachine(name, time, 0)
    const channel = database.createChannel(machine)
    const nodes = joinSeveralNodes({
      channel,
      remembers,
      log: silentLog,
      id: name,
      time: machine.steady,
    })
    const told: Change[] = []
    const { changes, sendBarrier } = nodes
    const revocations = createRevocations({
      database: { transaction: database.transactionOf(machine) },
      changes,
      sendBarrier,
      clock: { now: () => new Date(0), time: () => 0, monotonic: time.now },
      log: silentLog,
    })
    let openTabs = tabs
    revocations.subscribe((change) => {
      told.push(change)
      if (change.type !== 'sessions-ended') return
      const closed = openTabs
      openTabs = 0
      return { tabs: closed }
    })
    nodes.answerTabCounts(() => openTabs)

    const endSession = () =>
      revocations.commit((tx, announce) => {
        const ended = { userId: 'user', sessionIds: ['session'], reason: 'signed-out' } as const
        const change = { type: 'sessions-ended', ...ended } as const
        simulated(tx).notify({ type: 'change', change })
        announce(change)
        return Promise.resolve()
      })
    return { machine, nodes, told, endSession, isKnown: () => changes.areKnown() }
  }

  /** What a promise comes to within some time, or undefined. */
  async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T | undefined> {
    let result: T | undefined
    void promise.then((value) => (result = value))
    await time.pass(milliseconds)
    return result
  }

  async function listed() {
    const nodes = await within(5, byHand.list())
    return nodes!.map(({ node }) => node).sort()
  }

  return { time, network, database, byHand, start, within, listed }
}

const simulated = (tx: Transaction) => tx as unknown as SimulatedTransaction
