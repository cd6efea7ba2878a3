import { expect, onTestFinished, test, vi } from 'vitest'
import type { NextTurn } from '~/database/database'
import { createLoopTurns } from './loop-turns'

test('no more than one piece of work goes in a turn of the loop', async () => {
  const nextTurn = createLoopTurns(nobodyElse)
  const turns = countTurns()
  const went = await Promise.all(
    Array.from({ length: 20 }, () => nextTurn().then(() => turns.count())),
  )
  turns.stop()
  expect(new Set(went).size).toBe(20)
})

test('a piece is over, with all that it does at once, before the next one goes', async () => {
  const nextTurn = createLoopTurns(nobodyElse)
  const steps: string[] = []
  const work = async (name: string) => {
    await nextTurn()
    for (const step of ['begins', 'goes on', 'ends']) {
      steps.push(`${name} ${step}`)
      await Promise.resolve()
    }
  }
  await Promise.all([work('a'), work('b')])
  expect(steps).toEqual(['a begins', 'a goes on', 'a ends', 'b begins', 'b goes on', 'b ends'])
})

test('who asked first goes first, also when somebody asks again', async () => {
  const nextTurn = createLoopTurns(nobodyElse)
  const went: string[] = []
  const work = async (name: string) => {
    for (const time of [1, 2, 3]) {
      await nextTurn()
      went.push(name + time)
    }
  }
  await Promise.all([work('a'), work('b'), work('c')])
  expect(went).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2', 'a3', 'b3', 'c3'])
})

test('whoever comes when nobody waits goes after one whole turn of the loop', async () => {
  const nextTurn = createLoopTurns(nobodyElse)
  for (let time = 0; time < 3; time += 1) {
    const went = nextTurn()
    const turns = countTurns()
    await went
    turns.stop()
    expect(turns.count()).toBe(1)
  }
})

test('where others come, the loop rests between the pieces of one work', async () => {
  const nextTurn = createLoopTurns(othersCome())
  expect(await countRests(() => fivePieces(nextTurn))).toBe(4)
})

test('it does not rest where nobody else comes, or where somebody would have to wait', async () => {
  const alone = createLoopTurns(nobodyElse)
  const crowded = createLoopTurns(othersCome())
  const untilOneIsAlone = () => Promise.race([fivePieces(crowded), fivePieces(crowded)])
  expect(await countRests(() => fivePieces(alone))).toBe(0)
  expect(await countRests(untilOneIsAlone)).toBe(0)
})

test('where others hold the loop for long, pieces get about as much of it', async () => {
  const clock = { now: 0 }
  const nextTurn = createLoopTurns(() => clock.now)
  const turns = countTurns(() => (clock.now += 10))
  let left = 400
  const pieces = Array.from({ length: left }, async () => {
    await nextTurn()
    clock.now += 0.5
    left -= 1
  })
  await Promise.all(pieces)
  turns.stop()
  expect(left).toBe(0)
  expect(turns.count()).toBeGreaterThan(15)
  expect(turns.count()).toBeLessThan(30)
})

/** A clock by which others take no time; a busy machine would let them take some. */
const nobodyElse = () => 0

/** A clock by which somebody is answered between any two pieces. */
function othersCome() {
  let busyTime = 0
  return () => (busyTime += 0.1)
}

async function fivePieces(nextTurn: NextTurn) {
  for (let piece = 0; piece < 5; piece += 1) await nextTurn()
}

/** How often a timer was set meanwhile: only then the loop may sleep. */
async function countRests(work: () => Promise<unknown>): Promise<number> {
  const timers = vi.spyOn(globalThis, 'setTimeout')
  onTestFinished(() => timers.mockRestore())
  await work()
  const { length } = timers.mock.calls
  timers.mockRestore()
  return length
}

/** Counts turns of the loop, in each of which `others` do what they do. */
function countTurns(others: () => void = () => undefined) {
  let turns = 0
  let stopped = false
  const turn = () => {
    turns += 1
    others()
    if (!stopped) setImmediate(turn)
  }
  setImmediate(turn)
  return { count: () => turns, stop: () => (stopped = true) }
}
