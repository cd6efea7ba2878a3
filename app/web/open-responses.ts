import type { ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Revocation, Revocations } from '~/accounts/revocations'
import type { Sessions } from '~/accounts/sessions/sessions'

/**
 * The responses that are being sent, each with the session that asked for it. A short one is gone
 * with its head; one that is still under way when the session ends, a download to a slow reader say,
 * is cut off.
 *
 * An ending that came before the head finds no response to cut: a request that had begun may finish.
 * Should such a response turn out to be long, it is cut at the next check.
 */
export type OpenResponses = {
  /** To be called at the head of a response that has a body. */
  abortWhenSessionEnds(response: ServerResponse, sessionId: string): void
  close(): void
}

/** How often to ask whether the sessions of responses that take so long still go on. */
const CHECK_INTERVAL_MS = 500

export function createOpenResponses({
  sessions,
  revocations,
  log,
  checkInterval = CHECK_INTERVAL_MS,
}: {
  sessions: Pick<Sessions, 'stillActive'>
  revocations: Pick<Revocations, 'subscribe'>
  log: Logger
  checkInterval?: number
}): OpenResponses {
  /** The session that each belongs to. Empty, but for moments, unless somebody reads slowly. */
  const owners = new Map<ServerResponse, string>()

  const unsubscribe = revocations.subscribe(onRevocation)
  const timer = setInterval(() => void check(), checkInterval)
  timer.unref()

  function onRevocation(revocation: Revocation): void {
    if (owners.size === 0) return
    switch (revocation.type) {
      case 'sessions-ended':
        return abort((sessionId) => revocation.sessionIds.includes(sessionId))
      case 'all-sessions-ended':
        return abort((sessionId) => sessionId !== revocation.exceptSessionId)
      case 'secret-replaced':
        // Whoever asked did so with the secret that opens nothing any more.
        return abort((sessionId) => sessionId === revocation.sessionId)
      case 'unknown':
        return void check()
      default:
        return
    }
  }

  /** Sessions also expire, and other processes end them: nobody announces that. */
  async function check() {
    forgetDisconnected()
    const checked = new Map(owners)
    if (checked.size === 0) return
    try {
      const active = await sessions.stillActive([...new Set(checked.values())])
      abort((sessionId, response) => checked.has(response) && !active.has(sessionId))
    } catch (error) {
      log.error({ err: error }, 'open responses could not be checked')
      abort((_, response) => checked.has(response))
    }
  }

  /** A response that waits for an earlier one of its connection does not say when that closes. */
  function forgetDisconnected() {
    for (const response of owners.keys()) {
      if (response.req.socket.destroyed) owners.delete(response)
    }
  }

  function abort(isMeant: (sessionId: string, response: ServerResponse) => boolean) {
    for (const [response, sessionId] of owners) {
      if (!isMeant(sessionId, response)) continue
      owners.delete(response)
      // Reset rather than closed: what the system still holds back is dropped too, and no reader can
      // take the part that arrived for the whole.
      response.req.socket.resetAndDestroy()
      log.info({ sessionId }, 'an answer was cut off, for its session has ended')
    }
  }

  return {
    abortWhenSessionEnds(response, sessionId) {
      owners.set(response, sessionId)
      response.once('close', () => owners.delete(response))
    },
    close() {
      clearInterval(timer)
      unsubscribe()
    },
  }
}
