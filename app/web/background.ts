/** Sent by open pages that refresh themselves; the same name is used in the browser. */
export const BACKGROUND_HEADER = 'Latchkey-Background'

/**
 * Whether a request was sent by the page itself and not by a person: the refresh after a socket
 * message, the poll, a prefetch. Such requests are not activity, or an open tab would never idle
 * out. Claiming it falsely only makes one's own session end sooner.
 */
export function isBackgroundRequest(request: Request): boolean {
  const purpose = request.headers.get('Sec-Purpose') ?? request.headers.get('Purpose') ?? ''
  return request.headers.has(BACKGROUND_HEADER) || purpose.includes('prefetch')
}
