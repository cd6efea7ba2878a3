import type { Channel, Database, Notice, Transaction } from '../../app/database/types'
import type { createSimulatedNetwork } from './simulated-network'
import type { Machine, VirtualTime } from './virtual-time'

export type SessionRow = Readonly<{ id: string; userId: string; secret: string }>

/** A notice before its transaction has committed. */
type Unsent<N = Notice> = N extends unknown ? Omit<N, 'transaction'> : never
type Connection = {
  machine: Machine
  isOpen: boolean
  isStalled: boolean
  queue: Notice[]
  heard: (notice: Notice) => unknown
  lost: (error: unknown) => void
}
/** What `work` gets for a transaction. What it read decides whether it may commit as it is. */
export type SimulatedTransaction = {
  find(id: string): SessionRow | undefined
  all(): SessionRow[]
  write(id: string, row: SessionRow | null): void
  notify(notice: Unsent): void
}
type Open = SimulatedTransaction & { id: string; commit(): boolean }

/** What only a test that wants to see the checker object changes. */
export type DatabaseOptions = { numbersGrow?: boolean; sendsUnlistedPings?: boolean }

/**
 * A database that is simple enough to be right: a transaction is committed in one step, with its
 * notices, and run anew when what it read has changed meanwhile, as if it had waited for a lock.
 * Notices reach each connection in the order of the commits, and nobody twice.
 */
export function createSimulatedDatabase(
  time: VirtualTime,
  network: ReturnType<typeof createSimulatedNetwork>,
  { numbersGrow = true, sendsUnlistedPings = false }: DatabaseOptions = {},
) {
  const rows = new Map<string, SessionRow>()
  const nodes = new Map<string, number>()
  const connections = new Set<Connection>()
  const pingsSent = new Map<string, number>()
  let transactions = 0

  function announce(notices: readonly Unsent[], id = `transaction ${++transactions}`) {
    for (const connection of connections) {
      connection.queue.push(...notices.map((notice) => ({ ...notice, transaction: id })))
      time.after(1, () => deliver(connection))
    }
  }

  function deliver(connection: Connection) {
    if (!connection.isStalled && !network.isSilent(connection.machine)) hear(connection)
  }

  function hear({ machine, queue, ...connection }: Connection, most = Infinity) {
    for (const notice of queue.splice(0, most)) machine.run(() => connection.heard(notice))
  }

  function cut(connection: Connection) {
    connections.delete(connection)
    connection.machine.run(() => {
      if (!connection.isOpen) return
      connection.isOpen = false
      connection.lost(new Error('the connection was cut'))
    })
  }

  function begin(): Open {
    const id = `transaction ${++transactions}`
    const seen = new Map<string, SessionRow | undefined>()
    const written = new Map<string, SessionRow | null>()
    const notices: Unsent[] = []
    const find = (key: string) => {
      seen.set(key, rows.get(key))
      return rows.get(key)
    }
    return {
      id,
      find,
      all: () => [...rows.keys()].map((key) => find(key)!),
      write: (key, row) => void written.set(key, row),
      notify: (notice) => void notices.push(notice),
      commit() {
        for (const [key, row] of seen) if (rows.get(key) !== row) return false
        for (const [key, row] of written) {
          if (row) rows.set(key, row)
          else rows.delete(key)
        }
        announce(notices, id)
        return true
      },
    }
  }

  const opened = (tx: Transaction) => tx as unknown as Open

  const createChannel = (machine: Machine): Channel => ({
    async listen(heard, lost) {
      const connection: Connection = {
        machine,
        isOpen: true,
        isStalled: false,
        queue: [],
        heard: (notice) => connection.isOpen && heard(notice),
        lost,
      }
      try {
        await network.call(
          machine,
          'listen',
          () => connection.isOpen && connections.add(connection),
        )
        if (!connection.isOpen) throw new Error('the connection was cut')
      } catch (error) {
        connection.isOpen = false
        throw error
      }
      return {
        close() {
          connection.isOpen = false
          connections.delete(connection)
        },
      }
    },
    register: (node, ping) =>
      network.call(machine, 'register', () => void nodes.set(node, highest(node, ping))),
    ping(node, ping) {
      pingsSent.set(node, time.now())
      return network.call(machine, 'ping', () => {
        if (!nodes.has(node) && sendsUnlistedPings) announce([{ type: 'ping', node, ping }])
        if (!nodes.has(node)) return false
        nodes.set(node, highest(node, ping))
        announce([{ type: 'ping', node, ping }])
        return true
      })
    },
    remove: (node, ping = Infinity) =>
      network.call(machine, 'remove', () => {
        const last = nodes.get(node) ?? Infinity
        if (ping === Infinity || (numbersGrow ? last <= ping : last === ping)) nodes.delete(node)
      }),
    list: () =>
      network.call(machine, 'list', () => [...nodes].map(([node, ping]) => ({ node, ping }))),
    sendBarrier(tx) {
      opened(tx).notify({ type: 'barrier' })
      return Promise.resolve(opened(tx).id)
    },
    askForTabs: (id, userId) =>
      network.call(machine, 'commit', () => announce([{ type: 'question', id, userId }])),
    confirm: (id, node, tabs) =>
      network.call(machine, 'confirm', () => announce([{ type: 'confirmed', id, node, tabs }])),
  })

  const highest = (node: string, ping: number) =>
    numbersGrow ? Math.max(ping, nodes.get(node) ?? 0) : ping

  const transactionOf =
    (machine: Machine): Database['transaction'] =>
    async (work) => {
      for (;;) {
        const tx = begin()
        const value = await work(tx as unknown as Transaction)
        if (await network.call(machine, 'commit', () => tx.commit())) return value
      }
    }

  const connectionsOf = (machine: Machine) =>
    [...connections].filter((connection) => connection.machine === machine)

  return {
    createChannel,
    transactionOf,
    /** A read of one row, as it is when the request arrives. */
    read: (machine: Machine, id: string) => network.call(machine, 'read', () => rows.get(id)),
    /** As somebody does by hand, who waits for nobody. */
    deleteByHand(id: string) {
      const row = rows.get(id)
      if (!row) return
      rows.delete(id)
      announce([{ type: 'change', change: endedByHand(row) }])
    },
    deliverTo: (machine: Machine) => connectionsOf(machine).forEach(deliver),
    stall: (machine: Machine) => connectionsOf(machine).forEach((one) => (one.isStalled = true)),
    hearOne: (machine: Machine) => connectionsOf(machine).forEach((one) => hear(one, 1)),
    endStall(machine: Machine) {
      for (const connection of connectionsOf(machine)) {
        connection.isStalled = false
        deliver(connection)
      }
    },
    cut: (machine: Machine) => connectionsOf(machine).forEach(cut),
    cutAll: () => [...connections].forEach(cut),
    /** When each node sent its last ping. */
    pingsSent: () => [...pingsSent.values()],
  }
}

const endedByHand = ({ id, userId }: SessionRow) => ({
  type: 'sessions-ended' as const,
  userId,
  sessionIds: [id],
  reason: '',
})
