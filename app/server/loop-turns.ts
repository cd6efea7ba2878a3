import { performance } from 'node:perf_hooks'
import type { NextTurn } from '~/database/database'

/** About how long a piece of work takes: what comes of a statement, or Remix up to our code. */
const PIECE_MS = 0.5
/** The loop alone takes less than this between two pieces, the shortest answer more. */
const OTHERS_MS = 0.03
/** The shortest rest that there is. */
const REST_MS = 1

/**
 * Lets pieces of work go one by one, a turn of the event loop for each, in the order in which they
 * asked. Between two of them everything is answered that has come meanwhile: a check waits for one
 * statement of one sign-in, not for what ten people's sign-ins have to do at the moment.
 *
 * Where others come in between and only one piece waits, the loop rests before it goes. A thread that
 * runs on for milliseconds is one that schedulers take the core from, for the next milliseconds, when
 * another thread has work; one that slept a moment ago gets it at once. Who has the loop to themselves
 * need not rest, and neither do many, who would have to wait for each other.
 *
 * Where everything else holds the loop for long, as many pieces go in a turn as take about as long.
 * So neither a storm of checks keeps pages waiting for ever, nor pages the checks.
 *
 * @param busyTime for how long the loop has worked, in milliseconds, without the time in which it slept
 */
export function createLoopTurns(
  busyTime = () => performance.eventLoopUtilization().active,
): NextTurn {
  const waiting: Array<() => void> = []
  let isTurning = false
  let piecesEndedAt = 0
  let othersTook = 0

  const letOneGo = () => waiting.shift()?.()

  function begin() {
    othersTook = busyTime() - piecesEndedAt
    letOneGo()
  }

  function end() {
    piecesEndedAt = busyTime()
    if (waiting.length === 0) isTurning = false
    else if (waiting.length === 1 && othersTook > OTHERS_MS) setTimeout(turn, REST_MS)
    else turn()
  }

  /** Microtasks run between two immediates, so each piece is over before the next one is let go. */
  function turn() {
    const pieces = Math.max(1, Math.floor(othersTook / PIECE_MS))
    setImmediate(begin)
    for (let more = 1; more < pieces; more += 1) setImmediate(letOneGo)
    setImmediate(end)
  }

  return () =>
    new Promise((resolve) => {
      waiting.push(resolve)
      if (isTurning) return
      isTurning = true
      othersTook = 0
      piecesEndedAt = busyTime()
      // Whoever asks while sockets are being read has held the loop already.
      setImmediate(turn)
    })
}
