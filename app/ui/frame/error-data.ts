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
