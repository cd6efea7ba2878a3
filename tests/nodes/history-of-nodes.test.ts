import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { expectKeptThrough, type Fault } from '../support/nodes-history'

const ENOUGH_ENDINGS = 15
const SOME_ENDINGS = 4
/** Longer than a lease, and than anybody waits for a node. */
const SUSPENSION_MS = 3_000

let world: TestNodes
let there: TestNode
beforeAll(async () => {
  world = await startNodes(2)
  there = world.nodes[1]!
})
afterAll(() => world.dispose())

describe('whatever the clients of two nodes do at once, no use that began after an acknowledged ending succeeds', () => {
  const faults: Record<string, Fault> = {
    'on a quiet day': (crowd) => crowd.endings(ENOUGH_ENDINGS),
    'when one node is killed, and started again': async (crowd) => {
      await there.stop('SIGKILL')
      await crowd.endings(SOME_ENDINGS)
      await there.start()
    },
    'when one node sleeps for longer than a lease': async () => {
      there.process.kill('SIGSTOP')
      await sleep(SUSPENSION_MS)
      there.process.kill('SIGCONT')
    },
    'when one node is told to end, and started again': async (crowd) => {
      await there.stop('SIGTERM')
      await crowd.endings(SOME_ENDINGS)
      await there.start()
    },
  }
  test.each(Object.entries(faults))('%s', (_, fault) => expectKeptThrough(world, fault))
})
