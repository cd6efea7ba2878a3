import type { Machine, VirtualTime } from './virtual-time'

/** What is asked of the database. */
export const CALLS = [
  'read',
  'commit',
  'listen',
  'register',
  'ping',
  'remove',
  'list',
  'confirm',
] as const
export type Call = (typeof CALLS)[number]
/** On the way there, or, when it has been done, on the way back. */
export type Way = 'request' | 'answer'

type Held = { machine: Machine; go: () => void }

const LATENCY_MS = 1
/** When an answer is no longer waited for, which says nothing of whether it was or will be done. */
const PATIENCE_MS: Record<Call, number> = {
  read: 5_000,
  commit: 5_000,
  listen: 1_000,
  register: 1_000,
  ping: 1_000,
  remove: 1_000,
  list: 5_000,
  confirm: 5_000,
}

/** The way between machines and their database: whatever is on it may be held up for any time. */
export function createSimulatedNetwork(time: VirtualTime) {
  const held: Held[] = []
  const toHold: { machine: Machine; call: Call; way: Way }[] = []
  const silent = new Set<Machine>()
  let isAway = false

  function send(machine: Machine, call: Call, way: Way, go: () => void) {
    const index = toHold.findIndex(
      (one) => one.machine === machine && one.call === call && one.way === way,
    )
    if (index >= 0) toHold.splice(index, 1)
    if (index >= 0 || silent.has(machine)) held.push({ machine, go })
    else time.after(LATENCY_MS, go)
  }

  return {
    /** Brings `effect` about in the database, perhaps, and what it returns back, perhaps. */
    call<T>(machine: Machine, call: Call, effect: () => T): Promise<T> {
      return new Promise((resolve, reject) => {
        const giveUp = () => reject(new Error(`no answer to ${call}`))
        const callOff = machine.steady.after(isAway ? LATENCY_MS : PATIENCE_MS[call], giveUp)
        if (isAway) return
        send(machine, call, 'request', () => {
          const value = effect()
          send(machine, call, 'answer', () =>
            machine.run(() => {
              callOff()
              resolve(value)
            }),
          )
        })
      })
    },

    /** The next call of this kind is held up. */
    hold: (machine: Machine, call: Call, way: Way) => void toHold.push({ machine, call, way }),
    /** One of those that are held up arrives. */
    release(which: number) {
      const [one] = held.splice(which % (held.length || 1), 1)
      one?.go()
    },
    /** Nothing gets through, and nobody is told. */
    silence: (machine: Machine) => void silent.add(machine),
    endSilence: (machine: Machine) => void silent.delete(machine),
    isSilent: (machine: Machine) => silent.has(machine),
    /** Whether all calls of all are refused at once. */
    setAway: (away: boolean) => void (isAway = away),
    isAway: () => isAway,
    heal() {
      isAway = false
      silent.clear()
      toHold.length = 0
      for (const { go } of held.splice(0)) time.after(LATENCY_MS, go)
    },
  }
}
