import { isRouteErrorResponse } from '@remix-run/react'

/*
 * What the server tells an error page beside the status. A plain sentence says itself; these are more.
 */

/** A form of which nobody knows whether it was done. */
export type UnknownOutcome = {
  whether: string
  hint?: string
  fields: readonly (readonly [name: string, value: string])[] | null
}

/** Something that cannot be done for the time being, and why. */
export type Unavailable = { title: string; message: string }

type ErrorData = { unknownOutcome?: UnknownOutcome; unavailable?: Unavailable }

const dataOf = (error: unknown): ErrorData =>
  isRouteErrorResponse(error) && typeof error.data === 'object'
    ? ((error.data ?? {}) as ErrorData)
    : {}

/** Null for any other error. */
export const unknownOutcomeIn = (error: unknown): UnknownOutcome | null =>
  dataOf(error).unknownOutcome ?? null

/** Null for any other error. */
export const unavailableIn = (error: unknown): Unavailable | null =>
  dataOf(error).unavailable ?? null

/** What went wrong in the browser. An error of the server comes without what the server knows of it. */
export const isOfBrowser = (error: unknown) =>
  error instanceof Error && error.message !== 'Unexpected Server Error'

/**
 * That no answer of the server came: there was no way to it, which each browser says in its own words, or
 * something on the way answered in its place, as a proxy does with a page of its own that Remix cannot read.
 */
export const isUnanswered = (error: unknown) =>
  (error instanceof TypeError && /fetch|network|load failed/i.test(error.message)) ||
  (error instanceof Error && /^Unable to decode turbo-stream/.test(error.message))

export const statusOf = (error: unknown) => (isRouteErrorResponse(error) ? error.status : 500)

/** What a page says about an error, never what the server knows about it. */
export function wordsOf(error: unknown): { title: string; message: string } {
  if (isUnanswered(error)) return UNREACHABLE
  if (isOfBrowser(error)) return BROKEN_PAGE
  const unavailable = unavailableIn(error)
  if (unavailable) return unavailable
  const status = statusOf(error)
  const known = ERRORS[status] ?? ERRORS[status < 500 ? 400 : 500]!
  const said = isRouteErrorResponse(error) && typeof error.data === 'string' ? error.data : ''
  return said === '' || said.startsWith('Error:') ? known : { ...known, message: said }
}

const UNREACHABLE = {
  title: 'Can’t reach the server',
  message: 'Check your connection, and load the page again.',
}
const BROKEN_PAGE = {
  title: 'This page broke',
  message: 'Something went wrong in your browser. Load the page again.',
}

/** The form was done, only the page after it could not be shown. */
const DONE = 200

const ERRORS: Record<number, { title: string; message: string }> = {
  [DONE]: { title: 'Done', message: 'Only the page cannot be shown at the moment.' },
  400: { title: 'That cannot be done here', message: 'The request could not be understood.' },
  403: { title: 'This is not allowed', message: 'You are signed in, but this is not for you.' },
  404: { title: 'There is nothing here', message: 'The page does not exist, or not any more.' },
  410: {
    title: 'This link does not work any more',
    message: 'It has expired or was already used.',
  },
  429: { title: 'Too many attempts', message: 'Wait a little and try again.' },
  503: { title: 'Not at the moment', message: 'Try again in a few seconds.' },
  500: {
    title: 'Something went wrong',
    message: 'It was our fault and has been written down. Try again.',
  },
}
