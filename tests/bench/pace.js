/** Woken this long before something is due: to wake takes a while, and sending must not be late. */
const AWAKE_BEFORE_MS = 0.15

/**
 * Requests of one kind, sent at a steady rate whatever becomes of those before.
 *
 * @typedef {object} Stream
 * @property {number} perSecond
 * @property {import('./raw-client.js').Lane[]} lanes each carries one request at a time
 * @property {(lane: import('./raw-client.js').Lane, due: number, number: number) => Promise<void>} send
 *   `due` is when it should have been sent, by performance.now()
 * @property {boolean} timed whether the moment of each answer matters
 */

/**
 * Sends several streams for so many seconds, and waits for all their answers. Timers are too coarse
 * for what is due in less than a millisecond, so this watches the clock. But only while there is
 * something to see: whoever watches without a pause slows down the other core of a processor that
 * runs two threads, and loses its own core to whatever else has to run there.
 *
 * @param {Stream[]} streams
 * @param {{ began: number, seconds: number }} time
 * @returns {Promise<void>}
 */
export function sendInTime(streams, { began, seconds }) {
  const paced = streams.map((stream) => ({ ...stream, idle: [...stream.lanes], sent: 0, open: 0 }))
  const asleep = new Int32Array(new SharedArrayBuffer(4))
  /** @typedef {(typeof paced)[number]} Paced */
  /** @param {Paced} stream */
  const nextDue = ({ sent, perSecond }) =>
    sent < perSecond * seconds ? began + (sent * 1000) / perSecond : Infinity

  return new Promise((resolve, reject) => {
    /** @param {Paced} stream */
    function sendWhatIsDue(stream) {
      while (nextDue(stream) <= performance.now()) {
        // In turns: a connection that is never used is closed by the server after ten seconds.
        const lane = stream.idle.shift()
        if (!lane) return
        stream.open += 1
        stream.send(lane, nextDue(stream), stream.sent).then(() => {
          stream.idle.push(lane)
          stream.open -= 1
        }, reject)
        stream.sent += 1
      }
    }

    /**
     * Watches the clock at the end itself: a turn of the loop makes garbage, and its collection
     * comes when something is due.
     *
     * @param {number} due
     */
    function restUntil(due) {
      const rest = due - performance.now() - AWAKE_BEFORE_MS
      if (rest > 0) Atomics.wait(asleep, 0, 0, rest)
      while (performance.now() < due);
    }

    function watch() {
      paced.forEach(sendWhatIsDue)
      const next = Math.min(...paced.map(nextDue))
      if (next === Infinity && paced.every(({ open }) => open === 0)) return resolve()
      const isWaitedFor = paced.some(({ timed, open }) => timed && open > 0)
      if (next < Infinity && !isWaitedFor) restUntil(next)
      setImmediate(watch)
    }
    watch()
  })
}
