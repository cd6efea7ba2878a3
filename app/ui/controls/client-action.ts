import type { ClientActionFunctionArgs } from '@remix-run/react'
import { isUnanswered } from '../frame/error-data'

/**
 * What a route's form does in a browser with scripts: it asks first whether the server can be reached at
 * all, so that the form stays as it was typed when it cannot, and so that "nothing was saved" is true.
 * When the answer itself is lost, the form stays too, and is said to be in doubt. To be exported by every
 * route that has forms. Without scripts the browser says it in its own way.
 */
export async function clientAction({ serverAction }: ClientActionFunctionArgs) {
  if (!(await isReachable())) return problem(`Can’t reach ${siteName()}. Nothing was saved.`)
  try {
    return await serverAction()
  } catch (error) {
    if (!isUnanswered(error)) throw error
    return problem('No answer came. Load the page again to see whether this was done.')
  }
}

const TOO_LONG_MS = 10_000
/** With this or more, a proxy says that the server behind it does not answer. */
const BAD_GATEWAY = 502

/** Whatever else is answered was answered by the server: what that is, the form itself finds out. */
async function isReachable(): Promise<boolean> {
  try {
    const { status } = await fetch('/healthz', {
      method: 'HEAD',
      cache: 'no-store',
      signal: AbortSignal.timeout(TOO_LONG_MS),
    })
    return status < BAD_GATEWAY
  } catch {
    return false
  }
}

/** As the server refuses a form; with a status that lets the page's other data be. */
const problem = (sentence: string) => Response.json({ problem: sentence }, { status: 503 })

const siteName = () =>
  document.querySelector<HTMLMetaElement>('meta[name="application-name"]')?.content ?? 'the server'
