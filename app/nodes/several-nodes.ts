import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Channel, Change, Listening, Notice } from '~/database/types'
import { createConfirmations } from './confirmations'
import type { Nodes } from './nodes'
import { steadyTime, type SteadyTime } from './steady-time'

/*
 * Several servers on one database, each with a memory of who is signed in. The promise: when an ending
 * has been answered, by whichever node, no node answers from memory as if it had not happened. The
 * network between a node and the database may be slow, may lose a connection or go silent, and any
 * node may stop for a while at any point. Only each machine's steady clock is trusted, to run at the
 * speed of the others.
 *
 * Leases. Every 500 ms a node sends a ping through the database, on the channel on which endings are
 * announced, and it uses its memory only for 2 s from the moment at which it *sent* the last ping that
 * came back, on the connection on which it now listens. Notices arrive in the order of the commits:
 *
 *   (1) A ping that came back proves that everything committed before it was heard, and forgotten.
 *
 * Barriers. Whoever ends something sends a barrier with it, and after the commit reads the list of
 * nodes and waits, until each has confirmed that barrier or 2.2 s have passed since the list was read.
 * Take a node that is on the list and has not confirmed when the time is up. Its lease rests on a ping
 *
 *   (2) committed after the ending: by (1) it has heard of the ending, or
 *   (3) committed before it, so sent before it: that lease, of 2 s, has run out by now.
 *
 * The list. A node that is silent is taken off it, so that the next ending does not wait for it, but
 * only if it has pinged no more since the list was read: then by (3) it has no lease. And a ping of a
 * node that is not on the list is not sent, so it gets none before it is on the list again; what ends
 * after that waits for it, and what ended before that comes before its next ping, by (1). Whatever is
 * asked of the list may be done long after nobody waits for the answer, so a number on it only grows,
 * and whoever takes a node off names one, also that node itself. The list outlives a crash of the
 * database, of which a node may not hear before its lease has run out.
 *
 * Memory. What was read from the database before a node began to listen may be out of date and nobody
 * will say so; so whenever a node begins to listen, everything is forgotten, what is being read at that
 * moment included. The same goes for what is read while an ending is heard: see IdentityCache.
 */

const PING_INTERVAL_MS = 500
const LEASE_MS = 2_000
/** Without a lease for so long, tabs are sent to look for another node. */
const CUT_OFF_AFTER_MS = 5_000

export function joinSeveralNodes({
  channel,
  remembers,
  log,
  id = randomUUID(),
  time = steadyTime,
}: {
  channel: Channel
  /** Whether this process keeps anything in memory. If not it is on no list. */
  remembers: boolean
  log: Pick<Logger, 'error' | 'warn' | 'info'>
  /** Made anew at each start: what an earlier process was told proves nothing. */
  id?: string
  time?: SteadyTime
}): Nodes {
  const listeners = new Set<(change: Change) => number>()
  const cutOffListeners = new Set<() => void>()
  const isDeaf = (node: string) => node === id && !listening
  const confirmations = createConfirmations({ channel, log, time, isDeaf })
  let countHere = (_: string) => 0

  let listening: Listening | null = null
  let isListed = false
  let lastPing = 0
  /** The pings on their way, sent since this connection began to listen: when each was sent. */
  const pings = new Map<number, number>()
  let leaseEnds = -Infinity
  let heldUntil = -Infinity
  let tickedAt = -Infinity
  let cutOff = false
  let complained = false
  /** What is told in one transaction comes in one piece, with its barrier at the end. */
  let told = { transaction: '', tabs: 0 }
  let renewing: Promise<void> | undefined
  let leased = () => {}
  let stopTicking = () => {}
  let left = false

  const hasLease = () => time.now() < leaseEnds

  function heard(notice: Notice) {
    switch (notice.type) {
      case 'change':
        return tell(notice)
      case 'ping':
        return notice.node === id ? cameBack(notice.ping) : undefined
      case 'barrier':
        return confirm(notice.transaction, told.transaction === notice.transaction ? told.tabs : 0)
      case 'question':
        return confirm(notice.id, countHere(notice.userId))
      case 'confirmed':
        return confirmations.add(notice)
    }
  }

  function tell({ transaction, change }: { transaction: string; change: Change }) {
    if (told.transaction !== transaction) told = { transaction, tabs: 0 }
    for (const listener of listeners) told.tabs += listener(change)
  }

  function confirm(barrier: string, tabs: number) {
    if (confirmations.add({ id: barrier, node: id, tabs }) || !remembers) return
    channel
      .confirm(barrier, id, tabs)
      .catch((error: unknown) => log.warn({ err: error }, 'a barrier could not be confirmed'))
  }

  function cameBack(ping: number) {
    const sentAt = pings.get(ping)
    if (sentAt === undefined) return
    for (const earlier of pings.keys()) if (earlier <= ping) pings.delete(earlier)
    leaseEnds = sentAt + LEASE_MS
    heldUntil = leaseEnds
    complained = false
    leased()
  }

  function forgetEverything() {
    tell({ transaction: '', change: { type: 'unknown' } })
  }

  /** Nothing is used from memory from this moment on, until there is a connection that brings pings back. */
  function stopListening() {
    leaseEnds = -Infinity
    listening?.close()
    listening = null
    pings.clear()
    confirmations.review()
  }

  async function listen() {
    // It may be lost before it is known here.
    const connection: { begun?: Listening } = {}
    connection.begun = await channel.listen(heard, (error) => {
      if (!listening || listening !== connection.begun) return
      log.warn({ err: error }, 'the connection that hears of endings was lost')
      stopListening()
    })
    if (left) return connection.begun.close()
    listening = connection.begun
    forgetEverything()
  }

  async function renew() {
    if (!listening) {
      // Or it would look alive, and every ending would wait for it.
      if (isListed) await channel.remove(id, lastPing)
      isListed = false
      await listen()
    }
    if (!remembers || left) return
    if (!isListed) await channel.register(id, lastPing)
    isListed = true
    if (!listening) return
    const ping = (lastPing += 1)
    pings.set(ping, time.now())
    if (await channel.ping(id, ping)) return
    // Somebody found us silent. The next turn puts us on the list again.
    isListed = false
    pings.delete(ping)
    forgetEverything()
  }

  function tick() {
    noteLease()
    const [oldest = Infinity] = pings.values()
    // After a standstill of this process, what came meanwhile is read only when this turn is over.
    if (time.now() - oldest >= LEASE_MS && time.now() - tickedAt < LEASE_MS) {
      log.error(NOT_HEARD)
      stopListening()
    }
    tickedAt = time.now()
    renewing ??= renew()
      .catch((err: unknown) => {
        // Once, and not twice a second for as long as the database is away.
        if (!complained) log.warn({ err }, 'nothing is answered from memory for now')
        complained = true
      })
      .finally(() => (renewing = undefined))
  }

  function noteLease() {
    if (!remembers) return
    if (hasLease()) cutOff = false
    else if (!cutOff && time.now() - heldUntil > CUT_OFF_AFTER_MS) {
      cutOff = true
      for (const listener of cutOffListeners) listener()
    }
  }

  return {
    changes: {
      areKnown: hasLease,
      // Without a lease everybody asks the database, which knows. There is nothing to wait for.
      catchUp: () => Promise.resolve(),
      subscribe(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },

    async sendBarrier(tx) {
      return confirmations.expect(await channel.sendBarrier(tx))
    },

    async countTabs(userId) {
      const id = randomUUID()
      const answers = confirmations.expect(id)
      try {
        await channel.askForTabs(id, userId)
        return (await answers.confirmed()).tabs
      } finally {
        answers.forget()
      }
    },
    answerTabCounts: (count) => (countHere = count),

    isCutOff: () => cutOff,
    onCutOff: (listener) => cutOffListeners.add(listener),

    async join() {
      heldUntil = time.now()
      const ready = new Promise<void>((resolve) => (leased = resolve))
      const callOff = time.after(LEASE_MS, leased)
      tick()
      stopTicking = time.every(PING_INTERVAL_MS, tick)
      await (remembers ? ready : renewing)
      callOff()
      if (remembers && !hasLease()) log.error(NOT_HEARD)
    },

    async leave() {
      left = true
      stopTicking()
      stopListening()
      await renewing
      if (isListed) await channel.remove(id)
    },
  }
}

const NOT_HEARD =
  'What is sent through PostgreSQL does not come back, so nothing is answered from memory. If a pooler ' +
  'in transaction mode (PgBouncer) stands before it, let DATABASE_URL go around it.'
