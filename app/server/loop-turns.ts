import type { NextTurn } from '~/database/database'

/** About how long a piece of work takes: a statement, or Remix until it knows the route. */
const PIECE_MS = 1

/**
 * Lets pieces of work go one by one, a turn of the event loop for each, in the order in which they
 * asked. Between two of them everything is answered that has come meanwhile: a check waits for one
 * statement of one sign-in, not for what ten people's sign-ins have to do at the moment.
 *
 * Where everything else holds the loop for long, as many pieces go in a turn as take about as long.
 * So neither a storm of checks keeps pages waiting for ever, nor pages the checks.
 */
export function createLoopTurns(now = () => performance.now()): NextTurn {
  const waiting: Array<() => void> = []
  let isTurning = false
  let piecesEndedAt = 0
  let piecesNextTurn = 1

  const letOneGo = () => waiting.shift()?.()

  function begin() {
    const othersTook = now() - piecesEndedAt
    piecesNextTurn = Math.max(1, Math.floor(othersTook / PIECE_MS))
    letOneGo()
  }

  function end() {
    piecesEndedAt = now()
    if (waiting.length > 0) turn(piecesNextTurn)
    else isTurning = false
  }

  /** Microtasks run between two immediates, so each piece is over before the next one is let go. */
  function turn(pieces: number) {
    setImmediate(begin)
    for (let more = 1; more < pieces; more += 1) setImmediate(letOneGo)
    setImmediate(end)
  }

  return () =>
    new Promise((resolve) => {
      waiting.push(resolve)
      if (isTurning) return
      isTurning = true
      piecesEndedAt = now()
      turn(1)
    })
}
