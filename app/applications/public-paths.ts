/**
 * Paths of an application that need no sign-in, for webhooks and health checks: whole paths, or
 * beginnings that end in a slash. They are compared with the path as it was sent. What different
 * servers read differently matches none: encoded characters, empty and dotted segments, and so on, by
 * which "/assets/..%2fadmin" would be public here and another page there.
 */

/** Small enough for any application, and all that is needed to write a rule. */
const PLAIN_PATH = /^\/(?:[\w.!$&'()*+,=:@~-]+\/)*[\w.!$&'()*+,=:@~-]*$/
const DOTTED_SEGMENT = /\/\.{1,2}(?:\/|$)/

const isPlainPath = (path: string): boolean => PLAIN_PATH.test(path) && !DOTTED_SEGMENT.test(path)

/** Whether a line can be a rule. The whole site is none: then it need not be behind Latchkey. */
export const isPublicPathRule = (line: string): boolean =>
  isPlainPath(line) && line !== '/' && !isReservedPath(line)

/** What is Latchkey's at every application's host. */
export const RESERVED_PREFIX = '/.latchkey/'
const isReservedPath = (path: string) => `${path}/`.startsWith(RESERVED_PREFIX)

/**
 * Whether a request's target is public.
 *
 * @param target path and query as they were sent
 */
export function isPublicPath(rules: readonly string[], target: string): boolean {
  if (rules.length === 0) return false
  const [path = ''] = target.split('?', 1)
  if (!isPlainPath(path)) return false
  return rules.some((rule) => (rule.endsWith('/') ? path.startsWith(rule) : path === rule))
}
