import type { ServerResponse } from 'node:http'

/** Aborted once the client has gone without its whole answer: nobody waits for the rest any more. */
export function abortOnDisconnect(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  // Also closed is a response that was sent whole, which is nothing to give up.
  const onClose = () => response.writableFinished || controller.abort()
  response.once('close', onClose)
  // One that was closed before this was called does not say so again.
  if (response.destroyed) onClose()
  return controller.signal
}
