import { describe, expect, test } from 'vitest'
import { createCluster, silentLog } from '../../tests/support/nodes-cluster'
import { createMachine } from '../../tests/support/virtual-time'
import { createConfirmations } from './confirmations'

const WAIT = 2_200
const A_MOMENT = 10

/** Who asks, and two nodes on the list. */
async function createAsker({ deaf }: { deaf?: string } = {}) {
  const cluster = createCluster()
  const machine = createMachine('asker', cluster.time, 0)
  const channel = cluster.database.createChannel(machine)
  const isDeaf = (node: string) => node === deaf
  const confirmations = createConfirmations({
    channel,
    log: silentLog,
    time: machine.steady,
    isDeaf,
  })
  void cluster.byHand.register('first', 1)
  void cluster.byHand.register('second', 1)
  await cluster.time.pass(A_MOMENT)
  const add = (node: string, tabs = 0) => confirmations.add({ id: 'barrier', node, tabs })
  return { ...cluster, machine, confirmations, add }
}

describe('a barrier', () => {
  test('is not confirmed before every node on the list has confirmed it', async () => {
    const { confirmations, within, add } = await createAsker()
    const confirmed = confirmations.expect('barrier').confirmed()
    expect(await within(A_MOMENT, confirmed)).toBeUndefined()
    add('first', 3)
    expect(await within(A_MOMENT, confirmed)).toBeUndefined()
    add('second', 4)
    expect(await confirmed).toEqual({ confirmed: 2, total: 2, tabs: 7 })
  })

  test('is confirmed by answers that came before anybody waited for them', async () => {
    const { confirmations, within, add } = await createAsker()
    const barrier = confirmations.expect('barrier')
    add('second', 4)
    add('first', 3)
    const confirmed = { confirmed: 2, total: 2, tabs: 7 }
    expect(await within(A_MOMENT, barrier.confirmed())).toEqual(confirmed)
  })

  test('does not wait for a node that is known to use nothing from memory', async () => {
    const { confirmations, within, add } = await createAsker({ deaf: 'first' })
    const barrier = confirmations.expect('barrier')
    add('second')
    const confirmed = { confirmed: 2, total: 2, tabs: 0 }
    expect(await within(A_MOMENT, barrier.confirmed())).toEqual(confirmed)
  })

  test('is expected no longer when its transaction was not committed, or when it was confirmed', async () => {
    const { confirmations, within, add } = await createAsker()
    confirmations.expect('barrier').forget()
    expect(add('first')).toBe(false)
    const barrier = confirmations.expect('barrier')
    expect([add('first'), add('second')]).toEqual([true, true])
    await within(A_MOMENT, barrier.confirmed())
    expect(add('first')).toBe(false)
  })
})

describe('a silent node', () => {
  test('is waited for until its lease has run out, and then taken off the list', async () => {
    const { confirmations, within, listed, add } = await createAsker()
    const confirmed = confirmations.expect('barrier').confirmed()
    add('first', 3)
    expect(await within(WAIT, confirmed)).toBeUndefined()
    expect(await within(A_MOMENT, confirmed)).toEqual({ confirmed: 1, total: 2, tabs: 3 })
    expect(await listed()).toEqual(['first'])
  })

  test('stays on the list when it has pinged since that was read', async () => {
    const { confirmations, within, byHand, listed, add } = await createAsker()
    const confirmed = confirmations.expect('barrier').confirmed()
    add('first')
    await within(A_MOMENT, byHand.ping('second', 2))
    expect(await within(WAIT, confirmed)).toEqual({ confirmed: 1, total: 2, tabs: 0 })
    expect(await listed()).toEqual(['first', 'second'])
  })

  test('is waited for from when the list was read, however long that took', async () => {
    const { confirmations, network, machine, time, within } = await createAsker()
    network.hold(machine, 'list', 'request')
    const confirmed = confirmations.expect('barrier').confirmed()
    await time.pass(WAIT)
    network.release(0)
    expect(await within(WAIT, confirmed)).toBeUndefined()
    expect(await within(A_MOMENT, confirmed)).toMatchObject({ confirmed: 0 })
  })
})

test('a list that cannot be read makes the wait as long as it can be, and takes nobody off it', async () => {
  const { confirmations, network, within, listed, add } = await createAsker()
  const earlier = confirmations.expect('barrier')
  add('first')
  add('second')
  await within(A_MOMENT, earlier.confirmed())

  const confirmed = confirmations.expect('barrier').confirmed()
  add('first', 1)
  add('second', 1)
  network.setAway(true)
  const again = confirmations.expect('another').confirmed()
  expect(await within(WAIT, again)).toBeUndefined()
  expect(await within(A_MOMENT, again)).toEqual({ confirmed: 0, total: 2, tabs: 0 })
  expect(await confirmed).toMatchObject({ confirmed: 2 })
  network.setAway(false)
  expect(await listed()).toEqual(['first', 'second'])
})
