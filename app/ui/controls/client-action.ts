import type { ClientActionFunctionArgs } from '@remix-run/react'

/**
 * What a route's form does in a browser with scripts: it asks first whether the server can be reached at
 * all, so that the form stays as it was typed when it cannot, and so that "nothing was saved" is true.
 * To be exported by every route that has forms. Without scripts the browser says it in its own way.
 */
export async function clientAction({ serverAction }: ClientActionFunctionArgs) {
  if (!(await isReachable())) return unreachable()
  return serverAction()
}

const TOO_LONG_MS = 10_000

async function isReachable(): Promise<boolean> {
  try {
    // Whatever is answered was answered by somebody: what that is, the form itself finds out.
    await fetch('/healthz', {
      method: 'HEAD',
      cache: 'no-store',
      signal: AbortSignal.timeout(TOO_LONG_MS),
    })
    return true
  } catch {
    return false
  }
}

/** As the server refuses a form; with a status that lets the page's other data be. */
const unreachable = () =>
  Response.json({ problem: `Can’t reach ${siteName()}. Nothing was saved.` }, { status: 503 })

const siteName = () =>
  document.querySelector<HTMLMetaElement>('meta[name="application-name"]')?.content ?? 'the server'
