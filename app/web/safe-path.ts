/** Holds the longest address of a page of an application that is to be opened; see returnTarget. */
const MAX_LENGTH = 3000

/** What a URL parser would drop or turn round on its way to another host. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const UNSAFE_CHARACTERS = /[\u0000-\u0020\u007f\\]/

/**
 * A path of our own to go on to after signing in, or the fallback. Everything else that a browser
 * might read as another host or a script ends on our own page: `//evil`, `/\evil`, `javascript:`,
 * tabs and line ends, encoded or not.
 */
export function safePath(wanted: string | null | undefined, fallback: string): string {
  if (!wanted || wanted.length > MAX_LENGTH || UNSAFE_CHARACTERS.test(wanted)) return fallback
  if (!wanted.startsWith('/') || wanted.startsWith('//')) return fallback
  const here = 'http://here.invalid'
  if (!URL.canParse(wanted, here)) return fallback
  const url = new URL(wanted, here)
  if (url.origin !== here || url.pathname.startsWith('//')) return fallback
  if (isUnsafeOnceDecoded(url.pathname)) return fallback
  return url.pathname + url.search
}

function isUnsafeOnceDecoded(pathname: string): boolean {
  try {
    const decoded = decodeURIComponent(pathname)
    return UNSAFE_CHARACTERS.test(decoded) || decoded.startsWith('//')
  } catch {
    return true
  }
}

/** The same for a mail by which somebody comes back. */
export function onTheWayIn(form: URLSearchParams): { goingTo?: string } {
  const goingTo = safePath(form.get('redirectTo'), '')
  return goingTo === '' ? {} : { goingTo }
}

/** Another page on the way to the same one: to sign up instead of in, and back. */
export const onTheWayTo = (redirectTo: string, path: string): string =>
  redirectTo === '' ? path : `${path}?${new URLSearchParams({ redirectTo })}`
