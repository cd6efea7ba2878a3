import { newId } from '../../app/accounts/row-id'
import { createRowSecret } from '../../app/accounts/row-secret'
import { USER, type Node, type World } from './nodes-world'
import type { Call, Way } from './simulated-network'

/** One thing that happens: at a node, to a session or to what is on its way. */
export type Step = {
  do: Action
  node: number
  which: number
  call: Call
  way: Way
  milliseconds: number
}
export type Action = keyof ReturnType<typeof createSteps>['actions']

type Session = { id: string; secrets: string[] }

const LEASE_MS = 2_000

/** All that can happen to nodes. */
export function createSteps(world: World) {
  const { time, network, database, nodes } = world
  /** Of those whose sign-in was answered, the newest first. */
  const sessions: Session[] = []
  const userId = USER

  async function signIn(node: Node) {
    const id = newId()
    const secret = createRowSecret(id)
    const receipt = await world.commit(node, (tx, announce) => {
      const change = { type: 'session-started', userId, sessionId: id } as const
      tx.write(id, { id, userId, secret })
      tx.notify({ type: 'change', change })
      announce(change)
      return []
    })
    if (receipt) sessions.unshift({ id, secrets: [secret] })
  }

  /** For the first time, or again by who had no answer, perhaps at another node. */
  async function end(node: Node, { which }: { which: number }) {
    const session = at(sessions, which)
    if (!session) return
    const { id, secrets } = session
    return world.commit(node, (tx, announce) => {
      if (!tx.find(id)) announce({ type: 'already-gone' })
      else {
        const change = { userId, sessionIds: [id], reason: 'signed-out' } as const
        tx.write(id, null)
        tx.notify({ type: 'change', change: { type: 'sessions-ended', ...change } })
        announce({ type: 'sessions-ended', ...change })
      }
      return secrets
    })
  }

  function replaceSecret(node: Node, { which }: { which: number }) {
    const session = at(sessions, which)
    if (!session) return
    const { id, secrets } = session
    const secret = createRowSecret(id)
    const olderSecrets = [...secrets]
    void world.commit(node, (tx, announce) => {
      if (!tx.find(id)) announce({ type: 'already-gone' })
      else {
        const change = { type: 'secret-replaced', userId, sessionId: id } as const
        tx.write(id, { id, userId, secret })
        tx.notify({ type: 'change', change })
        announce(change)
      }
      return olderSecrets
    })
    secrets.push(secret)
  }

  /** Of those who had signed in by then. */
  function endAll(node: Node) {
    const ended = sessions.flatMap(({ secrets }) => secrets)
    void world.commit(node, (tx, announce) => {
      for (const { id } of tx.all()) tx.write(id, null)
      tx.notify({ type: 'change', change: { type: 'unknown' } })
      announce({ type: 'unknown' })
      return ended
    })
  }

  function everybodyUses() {
    for (const node of nodes) for (const { secrets } of sessions) world.use(node, secrets.at(-1)!)
  }

  const actions = {
    'sign in': (node: Node) => void signIn(node),
    use(node: Node, { which }: Step) {
      const secret = at(
        sessions.flatMap(({ secrets }) => secrets),
        which,
      )
      if (secret) world.use(node, secret)
    },
    'everybody uses': everybodyUses,
    end: (node: Node, step: Step) => void end(node, step),
    'replace secret': replaceSecret,
    'end all': endAll,
    'delete by hand'(_: Node, { which }: Step) {
      const session = at(sessions, which)
      if (session) database.deleteByHand(session.id)
    },

    hold: ({ machine }: Node, { call, way }: Step) => network.hold(machine, call, way),
    release: (_: Node, { which }: Step) => network.release(which),
    silence: ({ machine }: Node) => network.silence(machine),
    'end silence'({ machine }: Node) {
      network.endSilence(machine)
      database.deliverTo(machine)
    },
    stall: ({ machine }: Node) => database.stall(machine),
    'hear one': ({ machine }: Node) => database.hearOne(machine),
    'end stall': ({ machine }: Node) => database.endStall(machine),
    cut: ({ machine }: Node) => database.cut(machine),
    'database away'() {
      network.setAway(true)
      database.cutAll()
    },
    'database back': () => network.setAway(false),

    stop: ({ machine }: Node) => machine.stop(),
    'go on': ({ machine }: Node) => machine.goOn(),
    /** Another process takes its place, of which nobody has heard. */
    crash(node: Node) {
      node.machine.die()
      database.cut(node.machine)
      nodes[nodes.indexOf(node)] = world.start()
    },

    pass: (_: Node, { milliseconds }: Step) => world.pass(milliseconds),
    /** Until some lease ends, or to the moment before or after. */
    'pass to a limit'(_: Node, { which }: Step) {
      const sentAt = at(database.pingsSent(), which) ?? 0
      const limit = sentAt + LEASE_MS + (which % 3) - 1
      return world.pass(Math.max(0, limit - time.now()))
    },
  }
  return { actions, signIn, everybodyUses, endNewest: (node: Node) => end(node, { which: 0 }) }
}

const at = <T>(list: readonly T[], which: number): T | undefined => list[which % list.length]
