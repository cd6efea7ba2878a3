import type { ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Revocation, Revocations } from '~/accounts/revocations'
import type { Sessions } from '~/accounts/sessions/sessions'

/**
 * An answer belongs to the session that asked for it for as long as it is being sent. A short one is
 * gone with its head; one that is still under way when the session ends, a download to a slow
 * reader say, is cut off.
 *
 * An ending that came before the head finds no answer to cut: a request that had begun may finish.
 * Should such an answer turn out to be long, it is cut at the next look.
 */
export type LongAnswers = {
  /** To be called at the head of an answer that has a body. */
  tie(response: ServerResponse, sessionId: string): void
  close(): void
}

/** How often to ask whether the sessions of answers that take so long still go on. */
const LOOK_INTERVAL_MS = 500

export function createLongAnswers({
  sessions,
  revocations,
  log,
  lookInterval = LOOK_INTERVAL_MS,
}: {
  sessions: Pick<Sessions, 'stillActive'>
  revocations: Pick<Revocations, 'subscribe'>
  log: Logger
  lookInterval?: number
}): LongAnswers {
  /** To whom each belongs. Empty, but for moments, unless somebody reads slowly. */
  const underWay = new Map<ServerResponse, string>()

  const unsubscribe = revocations.subscribe(heed)
  const timer = setInterval(() => void look(), lookInterval)
  timer.unref()

  function heed(revocation: Revocation): void {
    if (underWay.size === 0) return
    switch (revocation.type) {
      case 'sessions-ended':
        return cut((sessionId) => revocation.sessionIds.includes(sessionId))
      case 'all-sessions-ended':
        return cut((sessionId) => sessionId !== revocation.exceptSessionId)
      case 'secret-replaced':
        // Whoever asked did so with the secret that opens nothing any more.
        return cut((sessionId) => sessionId === revocation.sessionId)
      case 'unknown':
        return void look()
      case 'session-started':
      case 'user-changed':
      case 'tokens-ended':
      case 'access-granted':
        return
    }
  }

  /** Sessions also expire, and other processes end them: nobody announces that. */
  async function look() {
    const asked = new Map(underWay)
    if (asked.size === 0) return
    try {
      const active = await sessions.stillActive([...new Set(asked.values())])
      cut((sessionId, response) => asked.has(response) && !active.has(sessionId))
    } catch (error) {
      log.error({ err: error }, 'long answers could not be checked')
      cut((_, response) => asked.has(response))
    }
  }

  function cut(isMeant: (sessionId: string, response: ServerResponse) => boolean) {
    for (const [response, sessionId] of underWay) {
      if (!isMeant(sessionId, response)) continue
      underWay.delete(response)
      // Reset rather than closed: what the system still holds back is dropped too, and no reader can
      // take the part that arrived for the whole.
      response.socket?.resetAndDestroy()
      log.info({ sessionId }, 'an answer was cut off, for its session has ended')
    }
  }

  return {
    tie(response, sessionId) {
      underWay.set(response, sessionId)
      response.once('close', () => underWay.delete(response))
    },
    close() {
      clearInterval(timer)
      unsubscribe()
    },
  }
}
