import type {
  AppLoadContext,
  LinksFunction,
  LoaderFunctionArgs,
  MetaFunction,
  SerializeFrom,
} from '@remix-run/node'
import {
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  useLoaderData,
  useLocation,
  useRouteError,
  type ShouldRevalidateFunction,
} from '@remix-run/react'
import type { ReactNode } from 'react'
import { ifPossible } from '~/web/answers'
import { createFormToken, FORM_TOKEN_FIELD } from '~/web/form-token'
import { findViewer } from '~/web/guards'
import { isLinkPage } from '~/web/link-pages'
import { isOfThisMachine } from '~/web/origin'
import { useLiveSession } from '~/live/use-live-session'
import { ButtonLink } from '~/ui/controls/button'
import { PageContextProvider, useNonce } from '~/ui/frame/page-context'
import {
  isOfBrowser,
  isUnanswered,
  statusOf,
  unknownOutcomeIn,
  wordsOf,
} from '~/ui/frame/error-data'
import { ErrorPage } from '~/ui/frame/page-frame'
import { titleAt, useRootData, useSiteName } from '~/ui/frame/site'
import { UnknownOutcomePage } from '~/ui/frame/unknown-outcome-page'
import { ProgressBar } from '~/ui/frame/progress-bar'
import { SessionStorageStandIn } from '~/ui/frame/session-storage'
import { SignedInFrame } from '~/ui/frame/signed-in-frame'
import { SignedOutCover } from '~/ui/frame/signed-out-cover'
import { TimeProvider } from '~/ui/display/time-context'
import { ToastProvider } from '~/ui/frame/toaster'
import interLatin from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url'
import styles from '~/ui/styles.css?url'

export const links: LinksFunction = () => [
  { rel: 'preload', href: interLatin, as: 'font', type: 'font/woff2', crossOrigin: 'anonymous' },
  { rel: 'stylesheet', href: styles },
  { rel: 'icon', href: '/favicon.svg', type: 'image/svg+xml' },
  { rel: 'manifest', href: '/site.webmanifest' },
]

export const meta: MetaFunction = ({ error, matches }) => [
  { title: titleAt(matches, error ? wordsOf(error).title : undefined) },
]

/** Open to everybody: to somebody who is not signed in it says nothing. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const viewer = await findViewer(request, context)
  return {
    now: context.services.clock.time(),
    siteName: context.services.siteName,
    isMailFolder: context.services.mail.folder !== null,
    isLocal: isOfThisMachine(context.origin),
    sessionId: viewer?.session.id,
    page: viewer
      ? {
          viewer: {
            name: viewer.user.name,
            email: viewer.user.email,
            isAdmin: viewer.user.role === 'admin',
            hasApps: await hasApps(viewer.user.id, context),
          },
          formToken: { name: FORM_TOKEN_FIELD, value: createFormToken(viewer.session.formKey) },
        }
      : null,
  }
}

const hasApps = async (userId: string, context: AppLoadContext) =>
  (await ifPossible(context.services.applications.isAnyOpenTo(userId), context)) ?? false

/**
 * A form that was refused came from a page of another session, perhaps: whose is this browser now? From a
 * server that cannot answer there is nothing to be had but an error in the place of the form.
 */
export const shouldRevalidate: ShouldRevalidateFunction = ({
  actionStatus,
  defaultShouldRevalidate,
}) => actionStatus === 403 || (actionStatus !== 503 && defaultShouldRevalidate)

export function Layout({ children }: { children: ReactNode }) {
  const nonce = useNonce()
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <SessionStorageStandIn />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="application-name" content={useSiteName()} />
        <meta name="color-scheme" content="light dark" />
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  )
}

export default function App() {
  const { now, sessionId, page } = useLoaderData<typeof loader>()
  return (
    <TimeProvider now={now}>
      <ToastProvider>
        <ProgressBar />
        <PageContextProvider value={page}>
          <PageOfRoute sessionId={sessionId} />
        </PageContextProvider>
      </ToastProvider>
    </TimeProvider>
  )
}

/**
 * What a link opens ends with the link, and is not watched: many of these pages' forms end sessions, this
 * browser's too, and their answer, which comes after that, is what the person pressed for.
 */
function PageOfRoute({ sessionId }: { sessionId: string | undefined }) {
  const isWatched = !isLinkPage(useLocation().pathname)
  return (
    <WatchedPage sessionId={isWatched ? sessionId : undefined}>
      <Outlet />
    </WatchedPage>
  )
}

/** Shows a page only as long as its session goes on. */
function WatchedPage({
  sessionId,
  children,
}: {
  sessionId: string | undefined
  children: ReactNode
}) {
  const live = useLiveSession(sessionId, {
    leave: (reason) => window.location.replace(`/login?reason=${reason}`),
  })
  if (live.state === 'ended') {
    const isReplaced = live.reason === 'replaced'
    return (
      <SignedOutCover
        reason={isReplaced ? 'You signed in again in this browser' : 'You were signed out'}
      />
    )
  }
  const isChecking = live.state === 'checking'
  return (
    <>
      {isChecking && <SignedOutCover reason="Checking that you are still signed in…" />}
      {/* Hidden, not removed, while that is checked: what was being typed is still there then. */}
      <div className="contents" hidden={isChecking}>
        {children}
      </div>
    </>
  )
}

/** What went wrong, in plain words; never what the server knows about it. */
export function ErrorBoundary() {
  const error = useRouteError()
  const data = useRootData<SerializeFrom<typeof loader>>()
  const outcome = unknownOutcomeIn(error)
  const { pathname, search } = useLocation()
  const status = statusOf(error)
  if (outcome) return <UnknownOutcomePage outcome={outcome} />
  const { title, message } = wordsOf(error)
  const again = (status === 503 || isOfBrowser(error)) && (
    // Without a server, a whole page load would end at the browser's own error page.
    <ButtonLink to={pathname + search} reloadDocument={!isUnanswered(error)}>
      Load it again
    </ButtonLink>
  )
  if (!data?.page) {
    return (
      <ErrorPage
        title={title}
        message={message}
        action={again || <ButtonLink to="/login">Go to sign-in</ButtonLink>}
      />
    )
  }
  return (
    <PageContextProvider value={data.page}>
      <WatchedPage sessionId={data.sessionId}>
        <SignedInFrame title={title}>
          <p className="max-w-prose">{message}</p>
          <div className="mt-5 flex flex-wrap gap-2">
            {again}
            {status === 404 && pathname.startsWith('/admin/users/') ? (
              <ButtonLink to="/admin/users">Go to the users</ButtonLink>
            ) : (
              <ButtonLink to="/">
                {data.page.viewer.hasApps ? 'Go to your apps' : 'Go to your profile'}
              </ButtonLink>
            )}
          </div>
        </SignedInFrame>
      </WatchedPage>
    </PageContextProvider>
  )
}
