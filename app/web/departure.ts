import type { ServerResponse } from 'node:http'

/** Aborted once the client has left without its whole answer: nobody waits for the rest any more. */
export function departureOf(response: ServerResponse): AbortSignal {
  const departure = new AbortController()
  // Also closed is what was answered whole, which nobody has to give up.
  const close = () => response.writableFinished || departure.abort()
  response.once('close', close)
  // Whoever left before this was asked closes nothing any more.
  if (response.destroyed) close()
  return departure.signal
}
