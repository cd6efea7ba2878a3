/** Random draws that come out the same way every time: for invented people, never for secrets. */
export type SeededRandom = {
  /** A whole number from 0 to below `limit`; 0 for a limit of 0. */
  upTo(limit: number): number
  oneOf<T>(items: readonly T[]): T
  /** Whether something happens that is this probable, from 0 to 1. */
  happens(probability: number): boolean
}

/** Draws from mulberry32, a well-known generator with 32 bits of state. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0

  function draw(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }

  const upTo = (limit: number) => Math.floor(draw() * limit)
  return {
    upTo,
    oneOf: (items) => items[upTo(items.length)]!,
    happens: (probability) => draw() < probability,
  }
}
