import { describe, expect, test, vi } from 'vitest'
import { createFakeClock } from '../../tests/support/fake-clock'
import { silentLog } from '../../tests/support/services'
import type { Change, Database, Transaction } from '~/database/types'
import { createRevocations, type Announce, type Revocation } from './revocations'

const ending = (sessionIds: string[], reason: 'signed-out' | 'expired' = 'signed-out') =>
  ({ type: 'sessions-ended', userId: 'ada', sessionIds, reason }) satisfies Revocation

const TABS_ELSEWHERE = 3

/** Revocations over a database that only says when it commits. */
function createWorld({ fails }: { fails?: Error } = {}) {
  const happened: string[] = []
  const listeners = new Set<(change: Change) => number>()
  const database = {
    async transaction<T>(work: (tx: Transaction) => Promise<T>) {
      const value = await work({} as Transaction)
      await Promise.resolve()
      if (fails) throw fails
      happened.push('commit')
      return value
    },
  } as unknown as Database
  const changes = {
    subscribe(listener: (change: Change) => number) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const sendBarrier = () => {
    happened.push('barrier')
    return Promise.resolve({
      confirmed() {
        happened.push('confirmed')
        return Promise.resolve({ confirmed: 2, total: 2, tabs: TABS_ELSEWHERE })
      },
      forget: () => happened.push('forgotten'),
    })
  }
  const clock = createFakeClock()
  const revocations = createRevocations({ database, changes, sendBarrier, clock, log: silentLog })
  const othersWrote = (change: Change) => listeners.forEach((listener) => listener(change))
  return { revocations, happened, othersWrote }
}

describe('nothing is told', () => {
  test('before the commit', async () => {
    const { revocations, happened } = createWorld()
    revocations.subscribe(({ type }) => void happened.push(type))
    await revocations.commit((_, announce) => {
      announce(ending(['s1']))
      happened.push('announced')
      return Promise.resolve()
    })
    expect(happened).toEqual(['announced', 'barrier', 'commit', 'sessions-ended', 'confirmed'])
  })

  test('when nothing was announced', async () => {
    const { revocations } = createWorld()
    const listener = vi.fn()
    revocations.subscribe(listener)
    const { receipt } = await revocations.commit(() => Promise.resolve())
    expect(listener).not.toHaveBeenCalled()
    expect(receipt).toMatchObject({ sessions: 0, tabs: 0 })
  })

  test('when the work fails before it announces anything', async () => {
    const { revocations } = createWorld()
    const listener = vi.fn()
    revocations.subscribe(listener)
    const failing = revocations.commit(() => Promise.reject(new Error('refused')))
    await expect(failing).rejects.toThrow('refused')
    expect(listener).not.toHaveBeenCalled()
  })

  test('to somebody who unsubscribed', async () => {
    const { revocations } = createWorld()
    const listener = vi.fn()
    revocations.subscribe(listener)()
    await revocations.commit(announcing(ending(['s1'])))
    expect(listener).not.toHaveBeenCalled()
  })
})

describe('when the commit fails after something was announced', () => {
  test('everybody looks again at everything, and the caller is not told that it was done', async () => {
    const { revocations } = createWorld({ fails: new Error('connection lost') })
    const listener = vi.fn()
    revocations.subscribe(listener)
    const failing = revocations.commit(announcing(ending(['s1'])))
    await expect(failing).rejects.toThrow('connection lost')
    expect(listener.mock.calls).toEqual([[{ type: 'unknown' }]])
  })
})

describe('a listener that fails', () => {
  test('keeps neither the others from hearing nor the caller from its answer', async () => {
    const { revocations } = createWorld()
    const last = vi.fn(() => ({ tabs: 2 }))
    revocations.subscribe(() => {
      throw new Error('deaf')
    })
    revocations.subscribe(last)
    const { receipt } = await revocations.commit(announcing(ending(['s1'])))
    expect(last).toHaveBeenCalledTimes(1)
    expect(receipt).toMatchObject({ sessions: 1, tabs: 2 + TABS_ELSEWHERE })
  })
})

describe('the answer comes after everybody was told', () => {
  test('in the order of subscription and of announcement', async () => {
    const { revocations, happened } = createWorld()
    for (const name of ['cache', 'sockets']) {
      revocations.subscribe(({ type }) => void happened.push(`${name}: ${type}`))
    }
    const announced = announcing(ending(['s1']), { type: 'user-changed', userId: 'ada' })
    await revocations.commit(announced).then(() => happened.push('answer'))
    expect(happened).toEqual([
      'barrier',
      'commit',
      'cache: sessions-ended',
      'sockets: sessions-ended',
      'cache: user-changed',
      'sockets: user-changed',
      'confirmed',
      'answer',
    ])
  })

  test('and says how many sessions ended, those that had expired not counted, and how many tabs heard', async () => {
    const { revocations } = createWorld()
    revocations.subscribe((revocation) =>
      revocation.type === 'sessions-ended' ? { tabs: revocation.sessionIds.length * 2 } : undefined,
    )
    const announced = announcing(ending(['s1', 's2']), ending(['s3'], 'expired'))
    const { receipt } = await revocations.commit(announced)
    expect(receipt).toMatchObject({ sessions: 2, nodes: { confirmed: 2, total: 2 } })
    expect(receipt.tabs).toBe(6 + TABS_ELSEWHERE)
  })

  test('and brings what the work returned', async () => {
    const { revocations } = createWorld()
    const { value } = await revocations.commit(() => Promise.resolve({ ok: true }))
    expect(value).toEqual({ ok: true })
  })
})

describe('the nodes are asked to confirm', () => {
  test.each(['session-started', 'access-granted'] as const)(
    'nothing that only adds to what lets people in: %s',
    async (type) => {
      const { revocations, happened } = createWorld()
      await revocations.commit(announcing({ type, userId: 'ada', sessionId: 's1' }))
      expect(happened).toEqual(['commit'])
    },
  )

  test('that somebody is gone whom another ending took, which nobody is told once more', async () => {
    const { revocations, happened } = createWorld()
    const listener = vi.fn()
    revocations.subscribe(listener)
    await revocations.commit((_, announce) => Promise.resolve(announce({ type: 'already-gone' })))
    expect(happened).toEqual(['barrier', 'commit', 'confirmed'])
    expect(listener).not.toHaveBeenCalled()
  })
})

describe('an ending that another process wrote', () => {
  test('is told to the same listeners, with its reason', () => {
    const { revocations, othersWrote } = createWorld()
    const listener = vi.fn()
    revocations.subscribe(listener)
    othersWrote({ type: 'unknown' })
    othersWrote(ending(['s1']))
    expect(listener.mock.calls).toEqual([[{ type: 'unknown' }], [ending(['s1'])]])
  })

  test('for a reason that is none of ours is told as "ended"', () => {
    const { revocations, othersWrote } = createWorld()
    const listener = vi.fn()
    revocations.subscribe(listener)
    othersWrote({ type: 'sessions-ended', userId: 'ada', sessionIds: ['s1'], reason: '<b>psql' })
    expect(listener).toHaveBeenCalledWith(expect.objectContaining({ reason: 'ended' }))
  })
})

function announcing(...announced: Revocation[]) {
  return (_: Transaction, announce: Announce) => {
    announced.forEach(announce)
    return Promise.resolve()
  }
}
