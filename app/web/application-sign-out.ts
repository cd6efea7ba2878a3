import type { IncomingMessage, ServerResponse } from 'node:http'
import { isOutcomeUnknown } from '~/database/errors'
import type { KnownApplication } from '~/applications/known'
import type { Visitor } from '~/applications/visitors'
import type { Services } from '~/server/services'
import { cookiesOf } from './application-cookies'
import type { ApplicationPages } from './application-host'
import { isOwnRequest } from './cross-site'
import { createFormToken, FORM_TOKEN_FIELD, isFormToken } from './form-token'
import type { ClientAddress } from './client-address'
import { markup, sendPlainPage, type PlainPage } from './plain-page'
import { readBody } from './request-body'

type Headers = Readonly<Record<string, string>>
type Asked = { request: IncomingMessage; response: ServerResponse; application: KnownApplication }

/**
 * Signing out at an application's host. It is about the session that this host's cookie belongs to:
 * at the account site somebody else, or nobody, may be signed in in the same browser.
 */
export function createApplicationSignOut({
  services: { forwardAuth, sessions, applicationSignIns, siteName },
  clientAddress,
  headers,
}: {
  services: Pick<Services, 'forwardAuth' | 'sessions' | 'applicationSignIns' | 'siteName'>
  clientAddress: ClientAddress
  headers: Headers
}): ApplicationPages {
  const cookieOf = ({ request, application }: Asked) =>
    cookiesOf(application).signIn.read(request.headers.cookie)

  /** Who this browser is here, with the cookie, which the form's token is made of. */
  async function find(asked: Asked) {
    const cookie = cookieOf(asked)
    const visitor = await forwardAuth.visitorAt(asked.application, cookie)
    const session = visitor?.value.session
    return cookie && visitor && session ? { cookie, user: visitor.value.user, session } : null
  }

  async function show(asked: Asked) {
    const found = await find(asked)
    if (!found) return leaveTo(asked, notSignedInPage(asked.application))
    send(asked, signOutPage(asked.application, found.user, createFormToken(found.cookie)))
  }

  async function act(asked: Asked) {
    const { request, response, application } = asked
    if (!isOwnRequest(request, application.address)) return send(asked, notFromUsPage)
    const body = await readBody(request)
    if (body === null) return send(asked, { ...notFromUsPage, status: 413 })
    const form = new URLSearchParams(body.toString())
    const found = await find(asked)
    // Who is out already wanted that, and is told so as finally as if this had done it.
    if (!found) {
      await sessions.confirmGone()
      return leaveTo(asked, notSignedInPage(application))
    }
    if (!isFormToken(found.cookie, form.get(FORM_TOKEN_FIELD) ?? '')) return show(asked)
    const { user, session } = found
    const ip = clientAddress(request)
    try {
      if (form.get('what') === 'application') {
        await applicationSignIns.leave(session.applicationSessionId, { ip })
      } else await sessions.endOwn({ viewer: { user, session }, ip })
    } catch (error) {
      if (!isOutcomeUnknown(error)) throw error
      response.setHeader('Retry-After', '5')
      return send(asked, unknownPage)
    }
    leaveTo(asked, signedOutPage(application, form.get('what') === 'application'))
  }

  /** Where the script of open pages leads when their session has ended. */
  async function signedOut(asked: Asked & { query: URLSearchParams }) {
    const { application, query } = asked
    const to = forwardAuth.returnTarget(query.get('to'))
    if (await find(asked)) return send(asked, stillSignedInPage(application, to))
    leaveTo(asked, endedPage(application, query.get('reason') ?? '', to))
  }

  function send({ response }: Asked, page: PlainPage) {
    sendPlainPage(response, page, { siteName, headers })
  }

  function leaveTo(asked: Asked, page: PlainPage) {
    asked.response.setHeader('Set-Cookie', cookiesOf(asked.application).signIn.clear())
    send(asked, page)
  }

  return {
    'sign-out': { GET: show, POST: act },
    'signed-out': { GET: signedOut },
  }
}

function signOutPage(
  { name }: KnownApplication,
  { name: person, username }: Visitor['user'],
  token: string,
): PlainPage {
  return {
    status: 200,
    title: `Sign out of ${name}?`,
    hasForm: true,
    body: markup`<p>You are signed in as <b>${person}</b> (${username}).</p>
<form method="post"><input type="hidden" name="${FORM_TOKEN_FIELD}" value="${token}">
<button class="first" name="what" value="browser">Sign out of this browser</button>
<small>Ends your session: here, at your account, and at every application that you opened with it.</small>
<button name="what" value="application">Only ${name}</button>
<small>${name} will ask before it lets this browser in again.</small></form>
<p><a href="/">Stay signed in</a></p>`,
  }
}

function signedOutPage({ name }: KnownApplication, isOnlyApplication: boolean): PlainPage {
  const what = isOnlyApplication
    ? markup`You are signed out of ${name} in this browser. Elsewhere you are still signed in.`
    : markup`This browser is signed out: of your account, and of every application.`
  return {
    status: 200,
    title: 'You are signed out',
    body: markup`<p>${what}</p><p><a href="/">Open ${name} again</a></p>`,
  }
}

const notSignedInPage = ({ name }: KnownApplication): PlainPage => ({
  status: 200,
  title: 'You are not signed in',
  body: markup`<p>Nobody is signed in to ${name} in this browser.</p><p><a href="/">Open ${name}</a></p>`,
})

const notFromUsPage: PlainPage = {
  status: 403,
  title: 'This did not come from our page',
  body: markup`<p>Nothing was done. <a href="/.latchkey/sign-out">Go to the page</a> and press the button there.</p>`,
}

const unknownPage: PlainPage = {
  status: 503,
  title: 'It is not known whether you are signed out',
  body: markup`<p>The database was asked to record it and did not answer. It may have been done or not, so
rely on neither. Trying again is safe.</p><p><a href="/.latchkey/sign-out">Try again</a></p>`,
}

const stillSignedInPage = ({ name }: KnownApplication, to: string): PlainPage => ({
  status: 200,
  title: 'You are signed in',
  body: markup`<p><a href="${to}">Go on with ${name}</a></p>`,
})

/** By the word that the socket gave; anything else says nothing of itself. */
const REASONS: Record<string, string> = {
  'signed-out-elsewhere': 'You were signed out from another device.',
  'signed-out-by-administrator': 'An administrator signed you out.',
  'signed-out-of-application': 'You were signed out of this application.',
  'password-changed': 'Your password was changed, so you were signed out here.',
  'access-taken': 'You may no longer use this application.',
  'account-secured': 'This account was secured, and everybody signed out of it.',
  'factor-shown': 'You showed a second factor in this browser, so you are asked again who you are.',
  'account-disabled': 'Your account was disabled.',
  'account-deleted': 'Your account was deleted.',
  expired: 'Your session expired.',
}

function endedPage({ name }: KnownApplication, reason: string, to: string): PlainPage {
  const why = Object.hasOwn(REASONS, reason) ? REASONS[reason]! : 'Your session has ended.'
  return {
    status: 200,
    title: 'You were signed out',
    body: markup`<p>${why}</p><p><a href="${to}">Sign in to ${name} again</a></p>`,
  }
}
