import { Form, Link } from '@remix-run/react'
import type { ReactNode } from 'react'
import { SubmitButton } from '../controls/form'
import { Avatar } from '../display/avatar'
import { BrandMark } from './brand-mark'
import { FormToken, usePageContext, type FrameViewer } from './page-context'
import { PageContent } from './page-frame'
import { SideNav } from './side-nav'
import type { Nav } from './side-nav'
import { useSiteName } from './site'

const NAV: Nav = {
  account: [
    { to: '/profile', label: 'Profile' },
    {
      to: '/profile/security',
      label: 'Sign-in and security',
      also: ['/profile/password', '/profile/passkeys'],
    },
    { to: '/profile/tokens', label: 'API tokens' },
    { to: '/profile/activity', label: 'Activity' },
  ],
  administration: [
    { to: '/admin/users', label: 'Users' },
    { to: '/admin/groups', label: 'Groups' },
    { to: '/admin/applications', label: 'Applications' },
    { to: '/admin/mail', label: 'Mail' },
    { to: '/admin/audit', label: 'Audit log' },
  ],
}

const APPS = { to: '/apps', label: 'Apps' }

const navFor = ({ hasApps }: FrameViewer): Nav =>
  hasApps ? { ...NAV, account: [APPS, ...NAV.account] } : NAV

/**
 * The frame of every page of a signed-in person, with its links and the way out; nothing where nobody
 * is. `title` is the page's only h1.
 */
export function SignedInFrame({
  title,
  actions,
  children,
}: {
  title: ReactNode
  /** Stand at the right of the title. */
  actions?: ReactNode
  children: ReactNode
}) {
  const page = usePageContext()
  if (!page) return null
  const { viewer } = page
  const nav = navFor(viewer)
  return (
    <>
      <SkipLink />
      <header className="border-b border-line bg-panel">
        <div className="mx-auto flex min-h-15 max-w-6xl items-center gap-3 px-4 sm:px-5">
          <Brand to={nav.account[0]?.to ?? '/'} />
          <span className="flex min-w-0 items-center gap-2 text-soft" title={viewer.email}>
            <Avatar name={viewer.name} />
            <span className="max-w-48 truncate max-sm:sr-only">{viewer.name}</span>
          </span>
          <SignOut />
        </div>
      </header>
      <div className="mx-auto grid max-w-6xl gap-4 px-4 pb-16 sm:px-5 max-md:pt-2 md:grid-cols-[12.5rem_minmax(0,1fr)] md:gap-10 md:pt-8">
        <SideNav nav={nav} isAdmin={viewer.isAdmin} />
        <PageContent className="min-w-0">
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
        </PageContent>
      </div>
    </>
  )
}

/** A whole page load, so that nothing of the account stays in the browser's memory. */
export function SignOut() {
  return (
    <Form method="post" action="/logout" reloadDocument className="shrink-0">
      <FormToken />
      <SubmitButton
        size="small"
        pendingWhen={{ intent: 'sign-out' }}
        name="intent"
        value="sign-out"
      >
        Sign out
      </SubmitButton>
    </Form>
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
      className="mr-auto flex min-h-11 items-center gap-2.5 rounded-control text-base font-semibold tracking-tight"
    >
      <BrandMark />
      <span className="line-clamp-1 wrap-anywhere">{useSiteName()}</span>
    </Link>
  )
}
