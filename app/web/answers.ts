import { data, redirect, type AppLoadContext } from '@remix-run/node'
import type { TooManyAttempts } from '~/accounts/attempt-limits'
import type { EndReason } from '~/accounts/revocations'
import type { FieldErrors, RefusedForm } from './forms'

/** What an action tells its page. The page fills in what is missing. */
type Message = { title: string; detail?: string; tone?: 'danger' }

/** What the form did. */
export const success = (message: Message) => ({ message })

/**
 * A secret that this answer shows and no other. It is not compressed, by no proxy either: beside it
 * stands what somebody typed, or made them open the page with, and its length should not tell how
 * much the two have in common.
 */
export function shownOnce<T>(secret: T, { setHeader }: Pick<AppLoadContext, 'setHeader'>) {
  setHeader('Cache-Control', 'no-store, no-transform')
  return data(secret)
}

/**
 * What an answer is better with, asked when the thing itself is done: when that fails, it is answered
 * without.
 */
export async function ifPossible<T>(
  asked: Promise<T>,
  { log }: Pick<AppLoadContext, 'log'>,
): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    log.error({ err: error }, 'what was done is answered with less')
    return undefined
  })
}

/** 422: nothing was done; what is wrong, field by field, and what to show again. */
export const unprocessable = ({ errors, typed }: RefusedForm) =>
  data({ errors, typed }, { status: 422 })

const noErrors: FieldErrors = {}

/** 422: nothing was done, and no single field is to blame. */
export const refused = (problem: string, typed: Record<string, string> = {}) =>
  data({ problem, typed, errors: noErrors }, { status: 422 })

/** 429 with when to come back, in seconds, also as a sentence. */
export function tooManyAttempts(refusal: TooManyAttempts, context: AppLoadContext) {
  return data({ problem: refuseForNow(refusal, context) }, { status: 429 })
}

/** The same as a text, for what has no page. */
export function tooManyAsText(refusal: TooManyAttempts, context: AppLoadContext): Response {
  return new Response(refuseForNow(refusal, context), { status: 429 })
}

/** When to come back, as a sentence, and in the answer's header. */
export function refuseForNow(
  { counted, retryAfter }: TooManyAttempts,
  context: AppLoadContext,
): string {
  context.log.warn({ ip: context.client.ip, retryAfter }, `too many ${counted} refused`)
  context.setHeader('Retry-After', String(retryAfter))
  return `Too many ${counted}. ${tryAgainIn(retryAfter)}`
}

function tryAgainIn(seconds: number): string {
  if (seconds === 1) return 'Try again in a second.'
  if (seconds <= 90) return `Try again in ${seconds} seconds.`
  return `Try again in ${Math.ceil(seconds / 60)} minutes.`
}

/**
 * To the sign-in page, for whoever ended the session of this very browser: its cookie goes, and what
 * the browser stored.
 */
export function signedOut(reason: EndReason, context: AppLoadContext): Response {
  context.setHeader('Clear-Site-Data', '"cache", "storage"')
  return redirect(`/login?reason=${reason}`, {
    headers: { 'Set-Cookie': context.sessionCookie.clear() },
  })
}

/** A JSON answer of the API. */
export const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
  })
