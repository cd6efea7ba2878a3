import {
  redirect,
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
} from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { chosenSignInSchema } from '~/applications/schemas'
import type { Ended } from '~/accounts/sessions/end'
import { chosenSessionsSchema, nameSessionSchema } from '~/accounts/sessions/schemas'
import { changeEmailSchema, renameSchema } from '~/accounts/users/schemas'
import type { Acting } from '~/accounts/viewer'
import { success, ifPossible, refused, tooManyAttempts, unprocessable } from '~/web/answers'
import { isBackgroundRequest } from '~/web/background'
import { askToEnd, askToLeave, isConfirmed } from '~/web/confirmation'
import { parseForm, readIntent, readSignedForm, refuseFields } from '~/web/forms'
import { actingAs, requireViewer, signInPath } from '~/web/guards'
import { endedMessage, leftMessage } from '~/web/messages'
import { hideNextSteps, nextStepsOf } from '~/web/next-steps'
import { provenAs } from '~/web/step-up'
import { sessionInWords, shownSessions, withApplications } from '~/web/shown-sessions'
import { titled } from '~/ui/frame/site'
import { AccountPage } from '~/ui/frame/account-page'
import { EmailForm } from '~/ui/people/email-form'
import { NameForm, OwnUsername } from '~/ui/people/name-form'
import { NextSteps } from '~/ui/people/next-steps'
import { Notice } from '~/ui/frame/notice'
import { OfferTokens, type TokenOffer } from '~/ui/tokens/offer-tokens'
import { Outcome } from '~/ui/frame/outcome'
import { OwnSessions } from '~/ui/sessions/own-sessions'
import { useFormAnswer, useLastAnswer } from '~/ui/controls/use-form-answer'
import { YourData } from '~/ui/people/your-data'

export { clientAction } from '~/ui/controls/client-action'

export const meta = titled('Profile')

export async function loader({ request, context }: LoaderFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const { user, session: current } = viewer
  const { sessions, applicationSignIns, emailChanges } = context.services
  const [listed, reached, emailChange, nextSteps] = await Promise.all([
    sessions.listMarked(viewer, { isLook: !isBackgroundRequest(request) }),
    applicationSignIns.ofUser(user.id),
    emailChanges.pending({ userId: user.id }),
    nextStepsOf(viewer, context),
  ])
  const shown = withApplications(shownSessions(listed, current.id), reached)
  return {
    name: user.name,
    email: user.email,
    newEmail: emailChange?.toEmail ?? null,
    username: user.username,
    otherSessions: listed.filter(({ id }) => id !== current.id).length,
    sessions: currentFirst(shown),
    nextSteps,
  }
}

function currentFirst<S extends { isCurrent: boolean }>(sessions: S[]): S[] {
  return [...sessions].sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent))
}

const INTENTS = [
  'sign-out-of-sessions',
  'sign-out-of-session',
  'sign-out-of-application',
  'name-session',
  'rename',
  'change-email',
  'cancel-email-change',
  'hide-next-steps',
] as const

export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const form = await readSignedForm(request, context)
  const sub = { acting: actingAs(viewer, context), form, request, context }
  switch (readIntent(form, INTENTS)) {
    case 'sign-out-of-sessions':
      return signOutOfSessions(sub)
    case 'sign-out-of-session':
      return signOutOfSession(sub)
    case 'sign-out-of-application':
      return signOutOfApplication(sub)
    case 'name-session':
      return nameSession(sub)
    case 'rename':
      return rename(sub)
    case 'change-email':
      return changeEmail({ ...sub, acting: await provenAs(viewer, form, context) })
    case 'cancel-email-change':
      return cancelEmailChange(sub)
    case 'hide-next-steps':
      return hideNextSteps(viewer, request, context)
  }
}

type SubAction = {
  acting: Acting
  form: URLSearchParams
  request: Request
  context: AppLoadContext
}

async function signOutOfSessions(sub: SubAction) {
  const { acting, form, request, context } = sub
  if (!isConfirmed(form)) return askAbout(sub, () => true)
  const result = await context.services.sessions.endOthers(acting)
  if (!result.ok) throw redirect(signInPath(request, context))
  return ended(result, acting, context)
}

async function signOutOfSession(sub: SubAction) {
  const { acting, form, request, context } = sub
  const parsed = parseForm(form, chosenSessionsSchema)
  if (!parsed.ok) return refused(parsed.errors.sessionId ?? 'Choose a session.')
  const { sessionId: ids } = parsed.fields
  if (!isConfirmed(form)) return askAbout(sub, ({ id }) => ids.includes(id))
  const result = await context.services.sessions.endChosen(acting, ids)
  if (!result.ok) throw redirect(signInPath(request, context))
  if (result.receipt.sessions > 0) return ended(result, acting, context)
  return success({ title: 'That session had already ended.' })
}

/** Asks about those of the other sessions that are meant. */
async function askAbout(
  { acting, form, context }: SubAction,
  isMeant: (session: { id: string }) => boolean,
) {
  const { user, session: current } = acting.viewer
  const listed = await context.services.sessions.list({ userId: user.id })
  const others = shownSessions(listed, current.id).filter(({ isCurrent }) => !isCurrent)
  return askToEnd(form, others.filter(isMeant))
}

async function signOutOfApplication({ acting, form, request, context }: SubAction) {
  const { user, session: current } = acting.viewer
  const { sessions, applicationSignIns } = context.services
  const parsed = parseForm(form, chosenSignInSchema)
  if (!parsed.ok) return leftBefore
  const { signInId: id } = parsed.fields
  const reached = (await applicationSignIns.ofUser(user.id)).find((one) => one.id === id)
  const listed = shownSessions(await sessions.list({ userId: user.id }), current.id)
  const session = listed.find((one) => one.id === reached?.sessionId)
  if (!isConfirmed(form)) {
    return reached && session ? askToLeave(form, reached.name, session) : leftBefore
  }
  const result = await applicationSignIns.endOwn(acting, id)
  if (!result.ok) throw redirect(signInPath(request, context))
  if (result.applications.length === 0 || !reached || !session) return leftBefore
  const where = session.isCurrent ? 'on this browser' : `in ${sessionInWords(session)}`
  return success(leftMessage(reached.name, where, result.receipt))
}

const leftBefore = success({ title: 'That browser was signed out of it already.' })

/** What was done, and which API tokens the ended sessions had made: they go on working unless revoked. */
async function ended(done: Ended, { viewer }: Acting, context: AppLoadContext) {
  const sessionIds = done.ended
  const made = context.services.apiTokens.madeBy({ userId: viewer.user.id, sessionIds })
  const tokens = (await ifPossible(made, context)) ?? []
  return { ...success(endedMessage(done)), tokens, endedSessions: sessionIds.length }
}

async function nameSession({ acting, form, request, context }: SubAction) {
  const parsed = parseForm(form, nameSessionSchema)
  if (!parsed.ok) return unprocessable(parsed)
  const result = await context.services.nameSession(acting, parsed.fields)
  if (result.ok) return success({ title: parsed.fields.label ? 'Name saved' : 'Name removed' })
  if (result.code === 'NO_SUCH_SESSION') return refused('That session has ended.')
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  throw redirect(signInPath(request, context))
}

async function rename({ acting, form, request, context }: SubAction) {
  const parsed = parseForm(form, renameSchema)
  if (!parsed.ok) return unprocessable(parsed)
  const result = await context.services.ownAccount.rename(acting, parsed.fields.name)
  if (!result.ok && result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  if (!result.ok) throw redirect(signInPath(request, context))
  return success({ title: 'Name saved' })
}

async function changeEmail({ acting, form, request, context }: SubAction) {
  const parsed = parseForm(form, changeEmailSchema)
  if (!parsed.ok) return unprocessable(parsed)
  const result = await context.services.ownAccount.changeEmail(acting, parsed.fields)
  if (result.ok) {
    return success(
      result.isConfirmed
        ? { title: 'E-mail address saved' }
        : {
            title:
              context.services.mail.folder === null
                ? 'Open the mail that is on its way to the new address'
                : 'Open the mail that is written to the mail folder',
            detail: 'Until its link is pressed, everything stays as it is',
          },
    )
  }
  if (result.code === 'SESSION_ENDED') throw redirect(signInPath(request, context))
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  return unprocessable(refuseFields(form, changeEmailSchema, EMAIL_ERRORS[result.code]))
}

async function cancelEmailChange({ acting, request, context }: SubAction) {
  const result = await context.services.emailChanges.cancel(acting)
  if (!result.ok) throw redirect(signInPath(request, context))
  return success({ title: 'Your e-mail address stays as it is' })
}

const EMAIL_ERRORS = {
  EMAIL_TAKEN: { email: 'Another account has this e-mail address.' },
  WRONG_PASSWORD: { currentPassword: 'That is not your current password.' },
}

export default function Profile() {
  const { name, email, newEmail, username, sessions, otherSessions, nextSteps } =
    useLoaderData<typeof loader>()
  const offer = useLastAnswer<Partial<TokenOffer>>()
  const { message, problem, errors, typed } = useFormAnswer()
  return (
    <AccountPage title="Profile">
      <Outcome message={message} />
      {problem && <Notice tone="danger" title={problem} />}
      {offer?.tokens && (
        <OfferTokens tokens={offer.tokens} endedSessions={offer.endedSessions ?? 0} />
      )}
      {nextSteps && <NextSteps steps={nextSteps} />}
      <OwnSessions sessions={sessions} otherSessions={otherSessions} />
      <NameForm name={typed.name ?? name} error={errors.name} />
      <EmailForm email={typed.email ?? email} newEmail={newEmail} errors={errors} />
      <OwnUsername username={username} />
      <YourData />
    </AccountPage>
  )
}
