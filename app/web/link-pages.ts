/**
 * The pages that one-time links lead to. They show what the link opens, to whoever holds it, and nothing
 * of the session that this browser may have besides.
 */
export const LINK_PAGES = [
  '/setup',
  '/password-link',
  '/confirm-email',
  '/take-back-email',
  '/not-me',
  '/add-factor',
  '/signup-link',
] as const

export type LinkPage = (typeof LINK_PAGES)[number]

/** Whether a path is that of such a page. */
export const isLinkPage = (pathname: string): boolean =>
  LINK_PAGES.some((page) => page === pathname)
