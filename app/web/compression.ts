import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants } from 'node:zlib'
import compression from 'compression'

type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void

/**
 * Quality 4 makes a page a quarter as long in half a millisecond of another thread; more would save
 * little and cost much. The window, in powers of two, holds any page, and bounds the memory that a
 * slow reader of a long download takes. Every piece is sent as it comes, for pages arrive in parts.
 */
const compress = compression({
  flush: constants.Z_SYNC_FLUSH,
  brotli: {
    flush: constants.BROTLI_OPERATION_FLUSH,
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 4,
      [constants.BROTLI_PARAM_LGWIN]: 18,
    },
  },
  // It is written for Express, and uses of it what node:http has.
}) as unknown as Middleware

/** Compresses what is sent by this response from now on, if whoever asked takes that and it is safe. */
export function compressAnswer(response: ServerResponse): void {
  if (isSafe(response.req)) compress(response.req, response, () => undefined)
}

/**
 * Whether nobody learns from the length of this answer what is in it (BREACH). Pages repeat their
 * query in the forms' actions, beside names and addresses. Whoever watches the network and can make
 * a victim's browser ask with one guess after another would see which of them made the answer
 * shorter. Such requests come from another site, and browsers say so: what they ask for is never
 * compressed, and neither is a cookie's answer where the browser does not say. Requests without a
 * cookie are answered with nothing private, or come from programs, which nobody makes ask.
 *
 * What changes from answer to answer, as form tokens do, cannot be guessed in steps at all. For what
 * is shown once see shownOnce in answers.ts.
 */
function isSafe({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site']
  return site === 'same-origin' || site === 'none' || headers.cookie === undefined
}
