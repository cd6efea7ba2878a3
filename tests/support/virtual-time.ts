import type { SteadyTime } from '../../app/nodes/steady-time'

/** Time that passes only when told, in milliseconds, and what happens in it, one thing after another. */
export type VirtualTime = ReturnType<typeof createVirtualTime>

type Event = { at: number; work: () => void }

export function createVirtualTime() {
  const coming: Event[] = []
  const observers: Array<() => void> = []
  let now = 0

  function after(delay: number, work: () => void): () => void {
    const event = { at: now + delay, work }
    // Behind what was to happen at the same moment.
    const later = coming.findIndex(({ at }) => at > event.at)
    coming.splice(later < 0 ? coming.length : later, 0, event)
    return () => {
      const index = coming.indexOf(event)
      if (index >= 0) coming.splice(index, 1)
    }
  }

  return {
    now: () => now,
    after,
    /** Calls `observer` after everything that happens. */
    observe: (observer: () => void) => void observers.push(observer),
    /** Lets time go by, and what falls due in it happen, with all that follows from each at once. */
    async pass(milliseconds: number) {
      const end = now + milliseconds
      await everythingThatFollows()
      while (coming[0] && coming[0].at <= end) {
        const { at, work } = coming.shift()!
        now = at
        work()
        await everythingThatFollows()
        for (const observe of observers) observe()
      }
      now = end
    },
  }
}

/** Ticks come after all microtasks, also after those that microtasks bring about. */
const everythingThatFollows = () => new Promise<void>((resolve) => process.nextTick(resolve))

/** A process, which may be stopped, so that everything in it waits while its clock goes on, or die. */
export type Machine = ReturnType<typeof createMachine>

export function createMachine(name: string, time: VirtualTime, clockOffset: number) {
  /** What should have happened in it, and has not yet. */
  let inbox: Array<() => void> = []
  let wentOnAt = 0
  let state: 'running' | 'stopped' | 'dead' = 'running'

  /** One thing after another, in the order in which they fell due, also after it has been stopped. */
  function run(work: () => void) {
    if (state === 'running' && inbox.length === 0) work()
    else if (state !== 'dead') inbox.push(work)
  }

  function catchUp() {
    if (state !== 'running') return
    inbox.shift()?.()
    if (inbox.length > 0) time.after(0, catchUp)
  }

  const steady: SteadyTime = {
    now: () => time.now() + clockOffset,
    after: (delay, work) => {
      let due = work
      const callOff = time.after(delay, () => run(() => due()))
      return () => {
        due = () => {}
        callOff()
      }
    },
    every(interval, work) {
      let isOn = true
      let isWaiting = false
      const turn = () => {
        if (!isOn || state === 'dead') return
        time.after(interval, turn)
        // What was missed is made up for once.
        if (isWaiting) return
        isWaiting = true
        run(() => {
          isWaiting = false
          if (isOn) work()
        })
      }
      time.after(interval, turn)
      return () => (isOn = false)
    },
  }

  return {
    name,
    steady,
    run,
    isRunning: () => state === 'running',
    isAlive: () => state !== 'dead',
    /** When it last went on after it had been stopped. */
    wentOnAt: () => wentOnAt,
    stop() {
      if (state === 'running') state = 'stopped'
    },
    goOn() {
      if (state !== 'stopped') return
      state = 'running'
      wentOnAt = time.now()
      time.after(0, catchUp)
    },
    die() {
      state = 'dead'
      inbox = []
    },
  }
}
