import type {
  AppLoadContext,
  LinksFunction,
  LoaderFunctionArgs,
  MetaFunction,
} from '@remix-run/node'
import {
  isRouteErrorResponse,
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  useLoaderData,
  useLocation,
  useRouteError,
  useRouteLoaderData,
  type ShouldRevalidateFunction,
} from '@remix-run/react'
import type { ReactNode } from 'react'
import { ifPossible } from '~/web/answers'
import { createFormToken, FORM_TOKEN_FIELD } from '~/web/form-token'
import { findViewer } from '~/web/guards'
import { isLinkPage } from '~/web/link-pages'
import { useLiveSession } from '~/live/use-live-session'
import { AccountPage } from '~/ui/frame/account-page'
import { ButtonLink } from '~/ui/controls/button'
import { PageContextProvider, useNonce } from '~/ui/frame/page-context'
import { unavailableIn, unknownOutcomeIn } from '~/ui/frame/error-data'
import { ErrorPage } from '~/ui/frame/page-frame'
import { titleAt, useSiteName } from '~/ui/frame/site-name'
import { UnknownOutcomePage } from '~/ui/frame/unknown-outcome-page'
import { ProgressBar } from '~/ui/frame/progress-bar'
import { SessionStorageStandIn } from '~/ui/frame/session-storage'
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
  // What a link opens ends with the link. Many of these pages' forms end sessions, this browser's too,
  // and their answer, which comes after that, is what the person pressed for.
  const ownsPage = !isLinkPage(useLocation().pathname)
  const live = useLiveSession(ownsPage ? sessionId : undefined, (reason) => {
    window.location.replace(`/login?reason=${reason}`)
  })
  return (
    <TimeProvider now={now}>
      <ToastProvider>
        <ProgressBar />
        <PageContextProvider value={page}>
          {live.state === 'checking' && (
            <SignedOutCover reason="Checking that you are still signed in…" />
          )}
          {live.state !== 'ended' && (
            // Hidden, not removed, while that is checked: what was being typed is still there then.
            <div className="contents" hidden={live.state === 'checking'}>
              <Outlet />
            </div>
          )}
          {live.state === 'ended' && (
            <SignedOutCover
              reason={
                live.reason === 'replaced'
                  ? 'You signed in again in this browser'
                  : 'You were signed out'
              }
            />
          )}
        </PageContextProvider>
      </ToastProvider>
    </TimeProvider>
  )
}

/** What went wrong, in plain words; never what the server knows about it. */
export function ErrorBoundary() {
  const error = useRouteError()
  const data = useRouteLoaderData<typeof loader>('root')
  const outcome = unknownOutcomeIn(error)
  const { pathname, search } = useLocation()
  const status = statusOf(error)
  if (outcome) return <UnknownOutcomePage outcome={outcome} />
  const { title, message } = wordsOf(error)
  const again = (status === 503 || isOfBrowser(error)) && (
    <ButtonLink to={pathname + search} reloadDocument>
      Load it again
    </ButtonLink>
  )
  if (!data?.page) {
    return (
      <ErrorPage
        {...(isRouteErrorResponse(error) && status !== DONE && { status })}
        {...{ title, message }}
        action={again || <ButtonLink to="/login">Go to sign-in</ButtonLink>}
      />
    )
  }
  return (
    <PageContextProvider value={data.page}>
      <AccountPage title={title}>
        <p className="max-w-prose">{message}</p>
        <div className="mt-5 flex flex-wrap gap-2">
          {again}
          <ButtonLink to="/">
            {data.page.viewer.hasApps ? 'Go to your apps' : 'Go to your profile'}
          </ButtonLink>
        </div>
      </AccountPage>
    </PageContextProvider>
  )
}

/** What went wrong in the browser. An error of the server comes without what the server knows of it. */
const isOfBrowser = (error: unknown) =>
  error instanceof Error && error.message !== 'Unexpected Server Error'

/** That a request found no way to the server, which each browser says in its own words. */
const isUnreachable = (error: unknown) =>
  error instanceof TypeError && /fetch|network|load failed/i.test(error.message)

const statusOf = (error: unknown) => (isRouteErrorResponse(error) ? error.status : 500)

function wordsOf(error: unknown): { title: string; message: string } {
  if (isUnreachable(error)) return UNREACHABLE
  if (isOfBrowser(error)) return BROKEN_PAGE
  const unavailable = unavailableIn(error)
  if (unavailable) return unavailable
  const known = ERRORS[statusOf(error)] ?? ERRORS[500]!
  const said = isRouteErrorResponse(error) && typeof error.data === 'string' ? error.data : ''
  return said === '' || said.startsWith('Error:') ? known : { ...known, message: said }
}

const UNREACHABLE = {
  title: 'The server cannot be reached',
  message: 'Look at your connection, and load the page again.',
}
const BROKEN_PAGE = {
  title: 'This page broke',
  message: 'Something went wrong in your browser. Load the page again.',
}

/** The form was done, only the page after it could not be shown. */
const DONE = 200

const ERRORS: Record<number, { title: string; message: string }> = {
  [DONE]: { title: 'Done', message: 'Only the page cannot be shown at the moment.' },
  400: { title: 'That did not make sense', message: 'The request could not be understood.' },
  403: { title: 'This is not allowed', message: 'You are signed in, but this is not for you.' },
  404: { title: 'There is nothing here', message: 'The page does not exist, or not any more.' },
  405: {
    title: 'That cannot be done here',
    message: 'The page does not take what was sent to it.',
  },
  415: { title: 'That was not a form', message: 'The page takes forms only.' },
  429: { title: 'Too many attempts', message: 'Wait a little and try again.' },
  503: { title: 'Not at the moment', message: 'Try again in a few seconds.' },
  500: {
    title: 'Something went wrong',
    message: 'It was our fault and has been written down. Try again.',
  },
}
