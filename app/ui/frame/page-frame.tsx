import { Link } from '@remix-run/react'
import { useRef } from 'react'
import type { ReactNode } from 'react'
import { Avatar } from '../display/avatar'
import { classes } from '../display/classes'
import { BrandMark } from './brand-mark'
import { SideNav } from './side-nav'
import type { Nav } from './side-nav'
import { useSiteName } from './site'
import { useFocusAfterNavigation, useFocusOnError } from './use-focus-after-navigation'

export type { Nav, NavItem } from './side-nav'

export type FrameViewer = {
  name: string
  email: string
  isAdmin: boolean
  /** Whether there is an application that they may open. */
  hasApps: boolean
}

/** The frame of every page of a signed-in person. `title` is the page's only h1. */
export function SignedInFrame({
  viewer,
  nav,
  signOut,
  title,
  actions,
  children,
}: {
  viewer: FrameViewer
  nav: Nav
  /** A form that signs out, with its button: it carries a form token, so the route supplies it. */
  signOut: ReactNode
  title: ReactNode
  /** Stand at the right of the title. */
  actions?: ReactNode
  children: ReactNode
}) {
  const content = useRef<HTMLElement>(null)
  useFocusAfterNavigation(content)
  useFocusOnError(content)
  return (
    <>
      <SkipLink />
      <header className="border-b border-line bg-panel">
        <div className="mx-auto flex min-h-15 max-w-6xl items-center gap-3 px-4 sm:px-5">
          <Brand to={nav.account[0]?.to ?? '/'} />
          <span className="flex-1" />
          <span className="flex min-w-0 items-center gap-2 text-soft" title={viewer.email}>
            <Avatar name={viewer.name} />
            <span className="max-w-48 truncate max-sm:sr-only">{viewer.name}</span>
          </span>
          {signOut}
        </div>
      </header>
      <div className="mx-auto grid max-w-6xl gap-4 px-4 pb-16 sm:px-5 max-md:pt-2 md:grid-cols-[12.5rem_minmax(0,1fr)] md:gap-10 md:pt-8">
        <SideNav nav={nav} isAdmin={viewer.isAdmin} />
        <main
          id="content"
          ref={content}
          tabIndex={-1}
          aria-labelledby="page-title"
          className="min-w-0"
        >
          <div className="mb-5 flex flex-wrap items-center justify-between gap-3">
            <h1
              id="page-title"
              className="text-2xl leading-8 font-semibold tracking-tight wrap-anywhere"
            >
              {title}
            </h1>
            {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
          </div>
          {children}
        </main>
      </div>
    </>
  )
}

/** A centred card: signing in and up, setting up, password links. `title` is the page's only h1. */
export function AuthFrame({
  title,
  intro,
  footer,
  children,
}: {
  title: ReactNode
  intro?: ReactNode
  /** Stands under the card: "No account yet? Sign up". */
  footer?: ReactNode
  children?: ReactNode
}) {
  const content = useRef<HTMLElement>(null)
  const siteName = useSiteName()
  useFocusAfterNavigation(content)
  useFocusOnError(content)
  return (
    <main
      id="content"
      ref={content}
      tabIndex={-1}
      aria-labelledby="page-title"
      className="flex min-h-dvh flex-col items-center px-4 py-10 sm:justify-center sm:pb-[14vh]"
    >
      <div className="mb-6 flex items-center gap-2.5">
        <BrandMark />
        <span className="text-lg font-semibold tracking-tight wrap-anywhere">{siteName}</span>
      </div>
      <div className="w-full max-w-104 rounded-panel border border-line bg-panel p-6 shadow-panel sm:p-8">
        <h1 id="page-title" className="text-xl leading-7 font-semibold tracking-tight">
          {title}
        </h1>
        {intro && <div className="mt-1 text-soft">{intro}</div>}
        {children && <div className="mt-5 grid gap-4.5">{children}</div>}
      </div>
      {footer && <div className="mt-5 text-center text-sm text-soft">{footer}</div>}
    </main>
  )
}

/** A whole page about something that went wrong, in plain words, with a way on. */
export function ErrorPage({
  status,
  title,
  message,
  action,
}: {
  status?: number
  title: ReactNode
  message: ReactNode
  action?: ReactNode
}) {
  return (
    <main
      id="content"
      aria-labelledby="page-title"
      className="flex min-h-dvh flex-col items-center justify-center px-5 pb-[14vh] text-center"
    >
      <BrandMark large />
      {status && <p className="mt-6 text-sm font-medium text-soft tabular-nums">Error {status}</p>}
      <h1
        id="page-title"
        className={classes(
          'text-2xl leading-8 font-semibold tracking-tight text-balance',
          status ? 'mt-1' : 'mt-6',
        )}
      >
        {title}
      </h1>
      <div className="mt-2 max-w-[46ch] text-balance text-soft">{message}</div>
      {action && <div className="mt-6 flex flex-wrap justify-center gap-2">{action}</div>}
    </main>
  )
}

function SkipLink() {
  return (
    <a
      href="#content"
      className="fixed top-2 left-2 z-50 -translate-y-20 rounded-control bg-accent px-4 py-2.5 font-medium text-accent-ink focus:translate-y-0"
    >
      Skip to content
    </a>
  )
}

function Brand({ to }: { to: string }) {
  return (
    <Link
      to={to}
      className="flex min-h-11 items-center gap-2.5 rounded-control text-base font-semibold tracking-tight"
    >
      <BrandMark />
      <span className="line-clamp-1 wrap-anywhere">{useSiteName()}</span>
    </Link>
  )
}
