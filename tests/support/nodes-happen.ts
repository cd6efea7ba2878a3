import type { Receipt } from '../../app/accounts/revocations'
import type { Protocol } from './altered-protocol'
import { createSteps } from './nodes-steps'
import type { Story } from './nodes-story'
import { createNodesWorld } from './nodes-world'
import type { DatabaseOptions } from './simulated-database'

/** Nodes do not take their turns at the same moments. */
const BETWEEN_STARTS_MS = 137
/** Longer than anybody waits for an answer, and a few turns more. */
const RECOVERY_MS = 6_000
const LONGEST_ENDING_MS = 2_300
const SHORT_MS = 10

/** Tells a story, heals everything, and sees that all is well. Throws at whatever breaks the promise. */
export async function happen(
  { nodes: count, steps }: Story,
  protocol: Protocol,
  options?: DatabaseOptions,
) {
  const world = createNodesWorld(protocol, options)
  const { nodes, network, database } = world
  const { actions, signIn, everybodyUses, endNewest } = createSteps(world)

  async function startAll() {
    for (let started = 0; started < count; started += 1) {
      nodes.push(world.start())
      await world.pass(BETWEEN_STARTS_MS)
    }
  }

  async function signInAndBeRemembered() {
    void signIn(nodes[0]!)
    await world.pass(SHORT_MS)
    everybodyUses()
    await world.pass(SHORT_MS)
    for (const { machine, usesMemory, cache } of nodes) {
      if (!usesMemory() || cache.size === 0) throw new Error(`${machine.name} uses no memory`)
    }
  }

  async function heal() {
    network.heal()
    for (const { machine } of nodes) {
      machine.goOn()
      database.endStall(machine)
    }
    await world.pass(RECOVERY_MS)
    const hanging = world.unanswered()
    if (hanging > 0) throw new Error(`${hanging} endings have no answer`)
  }

  async function endWithin(limit: number) {
    let receipt: Receipt | undefined
    void endNewest(nodes[0]!).then((answer) => (receipt = answer))
    await world.pass(limit)
    return receipt?.nodes
  }

  await startAll()
  await signInAndBeRemembered()
  for (const step of steps) {
    await actions[step.do](nodes[step.node % count]!, step)
    await world.pass(0)
  }
  await heal()
  await signInAndBeRemembered()
  // The first ending may have to wait for those who died.
  await endWithin(LONGEST_ENDING_MS)
  await signInAndBeRemembered()
  const { confirmed, total } = (await endWithin(SHORT_MS)) ?? {}
  if (confirmed !== count || total !== count) {
    throw new Error(`an ending was confirmed by ${confirmed} of ${total} of ${count} nodes`)
  }
  return world.counts
}
