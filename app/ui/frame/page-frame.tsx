import { useRef } from 'react'
import type { ReactNode } from 'react'
import { BrandMark } from './brand-mark'
import { useSiteName } from './site'
import { useFocusAfterNavigation, useFocusOnError } from './use-focus-after-navigation'

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
  const siteName = useSiteName()
  return (
    <PageContent className="flex min-h-dvh flex-col items-center px-4 py-10 sm:justify-center sm:pb-[14vh]">
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
    </PageContent>
  )
}

/** What a page is about, named by its h1. The focus comes here after a link, and to what a form has wrong. */
export function PageContent({ className, children }: { className: string; children: ReactNode }) {
  const content = useRef<HTMLElement>(null)
  useFocusAfterNavigation(content)
  useFocusOnError(content)
  return (
    <main
      id="content"
      ref={content}
      tabIndex={-1}
      aria-labelledby="page-title"
      className={className}
    >
      {children}
    </main>
  )
}

/** A whole page about something that went wrong, in plain words, with a way on. */
export function ErrorPage({
  title,
  message,
  action,
}: {
  title: ReactNode
  message: ReactNode
  action?: ReactNode
}) {
  return (
    <AuthFrame title={title} intro={message}>
      {action && <div className="flex flex-wrap gap-2">{action}</div>}
    </AuthFrame>
  )
}
