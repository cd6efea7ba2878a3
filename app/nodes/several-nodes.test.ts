import { describe, expect, test, vi } from 'vitest'
import { createCluster } from '../../tests/support/nodes-cluster'

/** Enough for everything that is asked of the database to be done and answered, one after another. */
const A_MOMENT = 20
const A_TURN = 500
const LEASE = 2_000

describe('memory is not used', () => {
  test('before the first ping came back', async () => {
    const { time, database, start } = createCluster()
    const { nodes, machine, isKnown } = start('node')
    void nodes.join()
    await time.pass(2)
    database.stall(machine)
    await time.pass(A_TURN + A_MOMENT)
    expect(isKnown()).toBe(false)
    database.endStall(machine)
    expect(isKnown()).toBe(true)
  })

  test('when a lease has passed since the last ping that came back was sent', async () => {
    const { time, database, start } = createCluster()
    const { nodes, machine, isKnown } = start('node')
    void nodes.join()
    await time.pass(A_MOMENT)
    database.stall(machine)
    await time.pass(LEASE - A_MOMENT)
    expect(isKnown()).toBe(true)
    await time.pass(5)
    expect(isKnown()).toBe(false)
  })

  test('because of a ping that was sent before this connection listened', async () => {
    const { time, network, database, start } = createCluster()
    const { nodes, machine, isKnown } = start('node')
    void nodes.join()
    await time.pass(A_MOMENT)
    network.hold(machine, 'ping', 'request')
    await time.pass(A_TURN)
    database.cut(machine)
    network.hold(machine, 'ping', 'request')
    // Until the answer to the first is no longer waited for, and it has listened anew.
    await time.pass(4 * A_TURN)
    network.release(0)
    await time.pass(A_MOMENT)
    expect(isKnown()).toBe(false)
    network.release(0)
    await time.pass(A_MOMENT)
    expect(isKnown()).toBe(true)
  })

  test('after it was left, which takes the node off the list', async () => {
    const { time, start, within, listed } = createCluster()
    const { nodes, isKnown } = start('node')
    void nodes.join()
    await time.pass(A_MOMENT)
    expect(await listed()).toEqual(['node'])
    await within(A_MOMENT, nodes.leave())
    expect(isKnown()).toBe(false)
    await time.pass(2 * A_TURN)
    expect(isKnown()).toBe(false)
    expect(await listed()).toEqual([])
  })
})

test('a node that was taken off the list forgets everything and is on it again', async () => {
  const { time, byHand, start, within, listed } = createCluster()
  const { nodes, told, isKnown } = start('node')
  void nodes.join()
  await time.pass(A_MOMENT)
  told.length = 0
  await within(A_MOMENT, byHand.remove('node'))
  expect(await listed()).toEqual([])
  await time.pass(A_TURN)
  expect(told).toEqual([{ type: 'unknown' }])
  await time.pass(A_TURN)
  expect(await listed()).toEqual(['node'])
  expect(isKnown()).toBe(true)
})

test('a node that does not hear its own pings leaves the list, and listens anew', async () => {
  const { time, network, database, start, listed } = createCluster()
  const { nodes, machine, told, isKnown } = start('node')
  void nodes.join()
  await time.pass(A_MOMENT)
  told.length = 0
  database.stall(machine)
  network.hold(machine, 'listen', 'request')
  await time.pass(LEASE + A_TURN + A_MOMENT)
  expect(await listed()).toEqual([])
  network.release(0)
  await time.pass(A_MOMENT)
  expect(told).toEqual([{ type: 'unknown' }])
  expect(await listed()).toEqual(['node'])
  expect(isKnown()).toBe(true)
})

test('a connection that is lost before it was used is followed by another', async () => {
  const { time, network, database, start } = createCluster()
  const { nodes, machine, isKnown } = start('node')
  network.hold(machine, 'listen', 'answer')
  void nodes.join()
  await time.pass(A_MOMENT)
  database.cut(machine)
  network.release(0)
  await time.pass(A_MOMENT)
  expect(isKnown()).toBe(false)
  await time.pass(A_TURN)
  expect(isKnown()).toBe(true)
})

test('a node that is cut off for five seconds says so once, until it has a lease again', async () => {
  const { time, network, start } = createCluster()
  const { nodes, machine } = start('node')
  const listener = vi.fn()
  nodes.onCutOff(listener)
  void nodes.join()
  await time.pass(A_MOMENT)
  network.silence(machine)
  await time.pass(LEASE + 5_000 - A_TURN)
  expect([listener.mock.calls.length, nodes.isCutOff()]).toEqual([0, false])
  await time.pass(2 * A_TURN)
  expect([listener.mock.calls.length, nodes.isCutOff()]).toEqual([1, true])
  await time.pass(20_000)
  expect(listener).toHaveBeenCalledTimes(1)
  network.heal()
  await time.pass(4 * A_TURN)
  expect(nodes.isCutOff()).toBe(false)
})

describe('a receipt', () => {
  test('counts the tabs that each node told once, whichever way came first', async () => {
    for (const isNoticeFirst of [false, true]) {
      const { time, network, start, within } = createCluster()
      const [first, second] = [start('first', { tabs: 3 }), start('second', { tabs: 2 })]
      void first.nodes.join()
      void second.nodes.join()
      await time.pass(A_MOMENT)
      if (isNoticeFirst) network.hold(first.machine, 'commit', 'answer')
      const ending = first.endSession()
      await time.pass(A_MOMENT)
      if (isNoticeFirst) network.release(0)
      const { receipt } = (await within(A_MOMENT, ending))!
      expect(receipt).toMatchObject({ tabs: 5, nodes: { confirmed: 2, total: 2 } })
    }
  })

  test('of the command line, which is on no list and confirms nothing, waits for every server', async () => {
    const { time, database, start, within, listed } = createCluster()
    const servers = [start('first', { tabs: 3 }), start('second', { tabs: 2 })]
    const commandLine = start('command line', { remembers: false })
    for (const { nodes } of [...servers, commandLine]) void nodes.join()
    await time.pass(A_MOMENT)
    expect(await listed()).toEqual(['first', 'second'])
    expect(commandLine.isKnown()).toBe(false)

    const own = (await within(A_MOMENT, commandLine.endSession()))!
    expect(own.receipt).toMatchObject({ tabs: 5, nodes: { confirmed: 2, total: 2 } })
    const another = (await within(A_MOMENT, servers[0]!.endSession()))!
    expect(another.receipt.nodes).toEqual({ confirmed: 2, total: 2 })

    database.stall(servers[1]!.machine)
    const ending = commandLine.endSession()
    expect(await within(LEASE, ending)).toBeUndefined()
    const { receipt } = (await within(A_TURN, ending))!
    expect(receipt.nodes).toEqual({ confirmed: 1, total: 2 })
  })
})

test('how many tabs somebody has open is asked of every node, and of no command line', async () => {
  const { time, start, within } = createCluster()
  const servers = [1, 2, 4].map((tabs) => start(`node with ${tabs}`, { tabs }))
  const another = start('another command line', { remembers: false, tabs: 8 })
  const commandLine = start('command line', { remembers: false })
  for (const { nodes } of [...servers, another, commandLine]) void nodes.join()
  await time.pass(A_MOMENT)
  expect(await within(A_MOMENT, servers[0]!.nodes.countTabs('user'))).toBe(7)
  expect(await within(A_MOMENT, commandLine.nodes.countTabs('user'))).toBe(7)
})
