import {
  createReadableStreamFromReadable,
  type AppLoadContext,
  type EntryContext,
  type HandleErrorFunction,
} from '@remix-run/node'
import { isRouteErrorResponse, RemixServer } from '@remix-run/react'
import { isbot } from 'isbot'
import { renderToPipeableStream } from 'react-dom/server'
import { NonceContext } from './ui/frame/page-context'
import { Bursts } from './web/bursts'

const RENDER_TIMEOUT_MS = 5_000

/** Unexpected errors go to the log with everything that is known; the page says only that it failed. */
export const handleError: HandleErrorFunction = (error, { request, context }) => {
  if (request.signal.aborted) return
  // A page asked for in a way that it does not know. Whoever asked is told; it is no fault of ours.
  if (isRouteErrorResponse(error) && error.status < 500) return
  context.log.error({ err: error, path: new URL(request.url).pathname }, 'a route failed')
}

export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
  { cspNonce, log }: AppLoadContext,
): Promise<Response> {
  // People read on while the rest arrives; programs, and browsers without JavaScript, get it whole.
  const ready = isbot(request.headers.get('User-Agent')) ? 'onAllReady' : 'onShellReady'

  return new Promise((resolve, reject) => {
    let body: Bursts | undefined
    const { pipe, abort } = renderToPipeableStream(
      <NonceContext.Provider value={cspNonce}>
        <RemixServer
          context={remixContext}
          url={request.url}
          abortDelay={RENDER_TIMEOUT_MS}
          nonce={cspNonce}
        />
      </NonceContext.Provider>,
      {
        nonce: cspNonce,
        [ready]() {
          body = new Bursts()
          body.once('close', () => clearTimeout(timer))
          headers.set('Content-Type', 'text/html; charset=utf-8')
          resolve(new Response(createReadableStreamFromReadable(body), { status, headers }))
          pipe(body)
        },
        onShellError: reject,
        onError(error: unknown) {
          // Whoever asked may have left: without a word, when this waits for an earlier answer.
          const nobodyWaits = request.signal.aborted || body?.destroyed
          if (!nobodyWaits) log.error({ err: error }, 'rendering failed')
        },
      },
    )
    const timer = setTimeout(abort, RENDER_TIMEOUT_MS + 1_000).unref()
  })
}
