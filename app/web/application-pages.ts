import type { KnownApplication } from '~/applications/known'
import type { Visitor } from '~/applications/visitors'
import { markup, type PlainPage } from './plain-page'

/*
 * What people see of Latchkey at an application's host: small documents without Remix.
 */

/** Somebody is signed in and may not use the application. */
export function refusedPage(
  { name }: Pick<KnownApplication, 'name'>,
  user: Pick<Visitor['user'], 'name' | 'username'> | null,
): PlainPage {
  const who = user
    ? markup`You are signed in as <b>${user.name}</b> (${user.username}). `
    : markup``
  return {
    status: 403,
    title: `You may not use ${name}`,
    body: markup`<p>${who}If you need it, ask an administrator of your accounts to let you in.</p>
<p>Do you have another account? <a href="/.latchkey/sign-out">Sign out of this one</a>, and open the page again.</p>`,
  }
}

/** Somebody who may use the application was refused all the same: what was asked, or how, is at fault. */
export const refusedRequestPage = ({ name }: Pick<KnownApplication, 'name'>): PlainPage => ({
  status: 403,
  title: 'This request was refused',
  body: markup`<p>You are signed in, and may use ${name}. Either another site sent this request, which it may
not: <a href="/">open ${name}</a> and do it there. Or the connection of ${name} is not set up as it should be:
then an administrator finds in the log of the accounts what to change.</p>`,
})

/** The way in has failed. A link, and no redirect that could go round for ever. */
export const failedEntryPage = ({ name }: Pick<KnownApplication, 'name'>): PlainPage => ({
  status: 400,
  title: `This did not sign you in to ${name}`,
  body: markup`<p>The link was used already, is more than a minute old, or was opened in another browser
than the one that asked for it. If it came from somebody else, do not use it.</p>
<p><a href="/.latchkey/start">Try again</a></p>`,
})

export const nothingHerePage: PlainPage = {
  status: 404,
  title: 'There is nothing here',
  body: markup`<p>The page does not exist, or not any more.</p>`,
}

export const unavailablePage: PlainPage = {
  status: 503,
  title: 'Sign-in is not available at the moment',
  body: markup`<p>Please try again in a few seconds.</p>`,
}
