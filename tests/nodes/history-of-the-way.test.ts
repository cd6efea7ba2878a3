import { afterAll, beforeAll, describe, onTestFinished, test } from 'vitest'
import { startNodes, type TestNodes } from '../support/nodes'
import { expectKeptThrough, type Fault } from '../support/nodes-history'
import type { TcpProxy } from '../support/tcp-proxy'

const SOME_ENDINGS = 4
const DELAY_MS = 50

let world: TestNodes
let way: TcpProxy
beforeAll(async () => {
  world = await startNodes(2)
  ;({ way } = world.nodes[1]!)
})
afterAll(() => world.dispose())

describe('no use that began after an acknowledged ending succeeds, at either node, when the way of one to PostgreSQL', () => {
  const faults: Record<string, Fault> = {
    'is cut': async (crowd) => {
      way.cut()
      await crowd.endings(SOME_ENDINGS)
    },
    'lets nothing through': async (crowd) => {
      way.stallAll()
      await crowd.endings(SOME_ENDINGS)
    },
    'keeps from it what is announced': async (crowd) => {
      way.stallListening()
      await crowd.endings(SOME_ENDINGS)
    },
    'is slow': async (crowd) => {
      way.delay(DELAY_MS)
      await crowd.endings(SOME_ENDINGS)
    },
    'loses the answers to commits': async (crowd) => {
      let over = false
      const losing = (async () => {
        while (!over) await way.loseAnswerToCommit()
      })()
      await crowd.unknownEnding()
      await crowd.unknownEnding()
      over = true
      await losing
    },
  }
  test.each(Object.entries(faults))('%s', async (_, fault) => {
    onTestFinished(() => way.heal())
    await expectKeptThrough(world, async (crowd) => {
      await fault(crowd)
      way.heal()
    })
  })
})
