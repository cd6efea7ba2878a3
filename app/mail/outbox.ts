import type { Logger } from 'pino'
import { days, minutes, seconds, type Clock } from '~/accounts/time'
import type { Database } from '~/database/types'
import type { createLetters, StoredMail } from './letters'
import type { Delivery, Transport } from './transport'

/** How often it is looked for mails that were written elsewhere, or are to be tried again. */
const POLL = seconds(3)
/** So many are sent at once. */
const AT_ONCE = 4
/** What is not sent by then is broken off. */
const LONGEST_TRY = seconds(60)
/** So long no other node tries. Longer than a try takes, with room for a slow database. */
const CLAIM = seconds(100)
/** What is under way may go on for so long when the server is told to end. */
const PATIENCE = seconds(3)

/** How long is waited after each try that failed; after the last of them, a day has gone by. */
const PAUSES = [1, 2, 4, 8, 16, 30, ...Array<number>(23).fill(60)].map(minutes)

/** How long it is kept what was sent, and what was given up. */
const KEPT = days(30)

/**
 * Sends what is in the outbox. Any number of nodes may do so at once: a mail is claimed by a conditional
 * update with a time, by which another node tries if this one dies meanwhile. So each is sent at least
 * once, and twice at most when a node dies between sending and noting it.
 */
export function createOutbox({
  database,
  letters,
  transport,
  clock,
  log,
}: {
  database: Database
  letters: Pick<ReturnType<typeof createLetters>, 'write'>
  transport: Transport
  clock: Clock
  log: Logger
}) {
  const { client } = database
  const ending = new AbortController()
  /** The command line writes mails, too, and is gone before they could be sent: a server does that. */
  let isOpen = false
  let isWanted = false
  let looking: Promise<void> | null = null
  const underWay = new Set<Promise<void>>()

  /** Looks for mails now, or when there is room for one more. It returns at once. */
  function wake() {
    isWanted = true
    if (looking || !mayLook()) return
    looking = beginWhatIsDue()
      .catch((error: unknown) => log.warn({ err: error }, 'mails wait for the next look'))
      .finally(() => {
        looking = null
        if (isWanted && mayLook()) wake()
      })
  }

  const mayLook = () => isOpen && underWay.size < AT_ONCE

  async function beginWhatIsDue() {
    while (isWanted && mayLook()) {
      isWanted = false
      for (const mail of await claim(AT_ONCE - underWay.size)) begin(mail)
    }
  }

  /** None waits for another one to be over: a server may take long for some, and not for others. */
  function begin(mail: ClaimedMail) {
    const sending = send(mail).finally(() => {
      underWay.delete(sending)
      // There may be more.
      wake()
    })
    underWay.add(sending)
  }

  const due = () => {
    const now = clock.now()
    return {
      state: 'waiting' as const,
      nextTryAt: { lte: now },
      OR: [{ claimedUntil: null }, { claimedUntil: { lte: now } }],
    }
  }

  /** Those that this node alone may send now. */
  async function claim(most: number): Promise<ClaimedMail[]> {
    const found = await client.outgoingMail.findMany({
      where: due(),
      orderBy: { nextTryAt: 'asc' },
      take: most,
    })
    const claimed: ClaimedMail[] = []
    for (const mail of found) {
      const claimedUntil = new Date(clock.time() + CLAIM)
      const { count } = await client.outgoingMail.updateMany({
        where: { ...due(), id: mail.id },
        data: { claimedUntil, tries: { increment: 1 } },
      })
      if (count === 1) claimed.push({ ...mail, claimedUntil, tries: mail.tries + 1 })
    }
    return claimed
  }

  /** Never throws: what cannot be noted is tried again when the claim is over. */
  async function send(mail: ClaimedMail) {
    try {
      const tried = await attempt(mail)
      if (tried) return await note(mail, tried)
      await client.outgoingMail.deleteMany({ where: { id: mail.id } })
    } catch (error) {
      log.warn({ err: error, mail: mail.id }, 'a mail waits until it may be tried again')
    }
  }

  /** Null when there is nothing to send any more. */
  async function attempt(mail: ClaimedMail): Promise<Attempt | null> {
    try {
      const written = await letters.write(mail)
      if (!written) return null
      const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(LONGEST_TRY)])
      const delivery = await transport.deliver(written.letter, signal)
      return { delivery, userId: written.userId }
    } catch (error) {
      log.error({ err: error, mail: mail.id }, 'a mail could not be put together')
      const problem = 'It could not be put together: the log says why.'
      return { delivery: { ok: false, final: false, problem }, userId: mail.userId }
    }
  }

  async function note(mail: ClaimedMail, { delivery, userId }: Attempt) {
    const { id, kind, tries, claimedUntil } = mail
    const now = clock.now()
    if (delivery.ok) {
      // Of whom it was is known only now, where an address was typed. It goes when they go.
      const data = {
        state: 'sent' as const,
        sentAt: now,
        userId,
        claimedUntil: null,
        problem: null,
      }
      await client.outgoingMail.updateMany({ where: { id }, data })
      return
    }
    const { problem } = delivery
    const pause = delivery.final ? undefined : PAUSES[tries - 1]
    // Another node may have sent it since, if this one was late.
    const where = { id, state: 'waiting' as const, claimedUntil }
    if (ending.signal.aborted) {
      // It was broken off by us: the next node tries at once.
      await client.outgoingMail.updateMany({
        where,
        data: { claimedUntil: null, tries: { decrement: 1 } },
      })
      return
    }
    const data =
      pause === undefined
        ? { state: 'given_up' as const, claimedUntil: null, problem }
        : { claimedUntil: null, nextTryAt: new Date(now.getTime() + pause), problem }
    await client.outgoingMail.updateMany({ where, data })
    const message = pause === undefined ? 'a mail was given up' : 'a mail is tried again later'
    log.warn({ mail: id, kind, tries, problem }, message)
  }

  /** Sends from now on. Returns the way to stop, which breaks off what takes too long. */
  function run(): () => Promise<void> {
    isOpen = true
    const timer = setInterval(wake, POLL)
    timer.unref()
    wake()
    return async () => {
      clearInterval(timer)
      isOpen = false
      const cutOff = setTimeout(() => ending.abort(), PATIENCE)
      await looking
      await Promise.all(underWay)
      clearTimeout(cutOff)
      ending.abort()
    }
  }

  /** Deletes what is over. To be done again and again. */
  async function purge(): Promise<void> {
    const old = { lt: new Date(clock.time() - KEPT) }
    await client.outgoingMail.deleteMany({
      where: {
        OR: [
          { state: 'sent', sentAt: old },
          { state: 'given_up', nextTryAt: old },
        ],
      },
    })
  }

  return { wake, run, purge }
}

type Attempt = { delivery: Delivery; userId: string | null }

type ClaimedMail = StoredMail & { tries: number; claimedUntil: Date }
