import type { Announce, Receipt, Revocations, SendBarrier } from '../../app/accounts/revocations'
import { hashSecret, secretKey } from '../../app/accounts/secret-token'
import type { IdentityCache } from '../../app/accounts/sessions/identity-cache'
import { createVerify, type Verify } from '../../app/accounts/sessions/verify'
import type { Channel, Transaction } from '../../app/database/types'
import type { Protocol } from './altered-protocol'
import {
  createSimulatedDatabase,
  type DatabaseOptions,
  type SessionRow,
  type SimulatedTransaction,
} from './simulated-database'
import { createSimulatedNetwork } from './simulated-network'
import { createMachine, createVirtualTime, type Machine } from './virtual-time'

export type World = ReturnType<typeof createNodesWorld>
export type Node = {
  machine: Machine
  cache: IdentityCache
  verify: Verify['verify']
  commit: Revocations['commit']
  usesMemory: () => boolean
  /** How often it has asked the database whose secret it was given. */
  reads: () => number
}
type Work = (tx: SimulatedTransaction, announce: Announce) => string[]
type Parts = Parameters<typeof createVerify>[0]

export const USER = 'user'
const LONGEST_WAIT_MS = 2_200
const NEVER = new Date(8.64e15)
const log = { info() {}, warn() {}, error() {} } as never

/**
 * Several nodes as they are, each with its memory, over a simulated database. Keeps the judge's
 * books: a secret is refused from the moment at which its ending was answered, by whichever node, and
 * after everything that happens it is looked for in the memory of every node.
 */
export function createNodesWorld(protocol: Protocol, options?: DatabaseOptions) {
  const time = createVirtualTime()
  const network = createSimulatedNetwork(time)
  const database = createSimulatedDatabase(time, network, options)
  const nodes: Node[] = []
  /** By its key, as memory knows it. */
  const refused = new Map<string, string>()
  const unanswered = new Set<{ machine: Machine }>()
  const faults: string[] = []
  const counts = { served: 0, joined: 0, ended: 0, silent: 0 }
  let started = 0

  time.observe(() => nodes.forEach(lookInto))

  function lookInto({ machine, cache }: Node) {
    if (!machine.isRunning()) return
    for (const [key, secret] of refused) {
      if (cache.recall(key)) fault(`${machine.name} remembers ${secret} after it ended`)
    }
  }

  const fault = (what: string) => void faults.push(`${what} (at ${time.now()} ms)`)

  /** Starts a process, whose clock began at another time than those of the others. */
  function start(): Node {
    const machine = createMachine(`node ${++started}`, time, started * 1_000_003)
    const { channel, within } = inTime(machine, database.createChannel(machine))
    const several = protocol.joinSeveralNodes({
      channel,
      remembers: true,
      log,
      id: machine.name,
      time: machine.steady,
    })
    const { changes } = several
    const clock = { now: () => new Date(0), time: () => 0, monotonic: () => machine.steady.now() }
    const revocations = protocol.createRevocations({
      database: { transaction: database.transactionOf(machine) },
      changes,
      sendBarrier: within(several.sendBarrier),
      clock,
      log,
    })
    const cache = protocol.createIdentityCache({ revocations, changes, clock, max: 100 })
    let reads = 0
    const $queryRaw = async (_: TemplateStringsArray, id: string) => {
      reads += 1
      const row = await database.read(machine, id)
      return row ? [selected(row)] : []
    }
    const client = { $queryRaw } as unknown as Parts['database']['client']
    const { verify } = createVerify({ cache, database: { client } })
    void several.join()
    return {
      machine,
      cache,
      verify,
      commit: (work) => revocations.commit(work),
      usesMemory: () => changes.areKnown(),
      reads: () => reads,
    }
  }

  /** Sees to it that nobody waits for others any longer than for a lease after the list was read. */
  function inTime(machine: Machine, channel: Channel) {
    let listed: Promise<number>
    const list = () => {
      const answer = channel.list()
      listed = answer.then(time.now, time.now)
      return answer
    }
    const within =
      (sendBarrier: SendBarrier): SendBarrier =>
      async (tx) => {
        const barrier = await sendBarrier(tx)
        const confirmed = async () => {
          const answer = barrier.confirmed()
          const listedAt = listed
          const confirmation = await answer
          const limit = Math.max((await listedAt) + LONGEST_WAIT_MS, machine.wentOnAt())
          if (time.now() > limit) fault(`${machine.name} waited for others after ${limit} ms`)
          return confirmation
        }
        return { ...barrier, confirmed }
      }
    return { channel: { ...channel, list }, within }
  }

  /** Asks a node whose secret it is. What was answered before that may not be denied. */
  function use({ machine, cache, verify, reads }: Node, secret: string) {
    if (!machine.isRunning()) return
    const key = secretKey(secret)
    const isRefused = refused.has(key)
    const isRemembered = cache.recall(key) !== undefined
    const readsBefore = reads()
    const answered = (viewer: unknown) => {
      if (!viewer) return
      counts.served += 1
      if (isRefused) fault(`${machine.name} answered ${secret} after it ended`)
    }
    void verify(secret).then(answered, () => {})
    if (!isRemembered && reads() === readsBefore) counts.joined += 1
  }

  /** Commits at a node. What `work` returns is refused once that has been answered. */
  async function commit({ machine, commit }: Node, work: Work): Promise<Receipt | undefined> {
    if (!machine.isRunning()) return
    const asked = { machine }
    unanswered.add(asked)
    try {
      const { value, receipt } = await commit((tx: Transaction, announce) =>
        Promise.resolve(work(tx as unknown as SimulatedTransaction, announce)),
      )
      for (const secret of value) refused.set(secretKey(secret), secret)
      if (value.length > 0) counts.ended += 1
      if (receipt.nodes.confirmed < receipt.nodes.total) counts.silent += 1
      return receipt
    } catch {
      // Nobody knows whether it was done.
    } finally {
      unanswered.delete(asked)
    }
  }

  /** Lets time go by. Throws what the judge found. */
  async function pass(milliseconds: number) {
    await time.pass(milliseconds)
    if (faults[0]) throw new Error(faults[0])
  }

  return {
    time,
    network,
    database,
    nodes,
    start,
    use,
    commit,
    pass,
    /** Of nodes that are alive, how many have answered something neither with yes nor with no. */
    unanswered: () => [...unanswered].filter(({ machine }) => machine.isAlive()).length,
    counts,
  }
}

/** A row as the query selects it. */
const selected = ({ id, secret, userId }: SessionRow) => ({
  id,
  tokenHash: hashSecret(secret),
  formKey: Buffer.alloc(32),
  createdAt: new Date(0),
  expiresAt: NEVER,
  endsAt: NEVER,
  userId,
  name: '',
  email: '',
  role: 'user',
})
