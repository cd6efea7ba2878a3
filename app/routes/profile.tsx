import {
  redirect,
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { chosenSessionsSchema } from '~/accounts/sessions/schemas'
import { changeEmailSchema, renameSchema } from '~/accounts/users/schemas'
import type { Acting } from '~/accounts/viewer'
import { did, refused, tooManyAttempts, unprocessable } from '~/http/answers'
import { describeUserAgent } from '~/http/describe-user-agent'
import { parseForm, readIntent, readSignedForm, refuseFields } from '~/http/forms'
import { actingAs, requireViewer, signInPath } from '~/http/guards'
import { receiptMessage } from '~/http/receipt-words'
import { AccountPage } from '~/ui/account-page'
import { EmailForm } from '~/ui/email-form'
import { NameForm } from '~/ui/name-form'
import { Notice } from '~/ui/notice'
import { Outcome } from '~/ui/outcome'
import { OwnSessions } from '~/ui/own-sessions'
import { useFormAnswer } from '~/ui/use-form-answer'
import { YourData } from '~/ui/your-data'

export const meta: MetaFunction = () => [{ title: 'Profile · Latchkey' }]

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { user, session: current } = await requireViewer(request, context)
  const { sessions } = context.services
  const [listed, active] = await Promise.all([
    sessions.list({ userId: user.id }),
    sessions.countActive({ userId: user.id }),
  ])
  return {
    name: user.name,
    email: user.email,
    otherSessions: active - 1,
    sessions: listed.map(({ id, ip, createdAt, lastSeenAt, userAgent }) => ({
      id,
      ip,
      createdAt,
      lastSeenAt,
      isCurrent: id === current.id,
      ...describeUserAgent(userAgent),
    })),
  }
}

const INTENTS = ['sign-out-of-sessions', 'sign-out-of-session', 'rename', 'change-email'] as const

export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const form = await readSignedForm(request, context)
  const sub = { acting: actingAs(viewer, context), form, request, context }
  switch (readIntent(form, INTENTS)) {
    case 'sign-out-of-sessions':
      return signOutOfSessions(sub)
    case 'sign-out-of-session':
      return signOutOfSession(sub)
    case 'rename':
      return rename(sub)
    case 'change-email':
      return changeEmail(sub)
  }
}

type SubAction = {
  acting: Acting
  form: URLSearchParams
  request: Request
  context: AppLoadContext
}

async function signOutOfSessions({ acting, request, context }: SubAction) {
  const result = await context.services.sessions.endOthers(acting)
  if (!result.ok) throw redirect(signInPath(request, context))
  return did(receiptMessage(result.receipt))
}

async function signOutOfSession({ acting, form, request, context }: SubAction) {
  const parsed = parseForm(form, chosenSessionsSchema)
  if (!parsed.ok) return refused(parsed.errors.sessionId ?? 'Choose a session.')
  const result = await context.services.sessions.endChosen(acting, parsed.fields.sessionId)
  if (!result.ok) throw redirect(signInPath(request, context))
  const { receipt } = result
  if (receipt.sessions > 0) return did(receiptMessage(receipt))
  return did({ title: 'That session had already ended.' })
}

async function rename({ acting, form, request, context }: SubAction) {
  const parsed = parseForm(form, renameSchema)
  if (!parsed.ok) return unprocessable(parsed)
  const result = await context.services.ownAccount.rename(acting, parsed.fields.name)
  if (!result.ok) throw redirect(signInPath(request, context))
  return did({ title: 'Name saved' })
}

async function changeEmail({ acting, form, request, context }: SubAction) {
  const parsed = parseForm(form, changeEmailSchema)
  if (!parsed.ok) return unprocessable(parsed)
  const result = await context.services.ownAccount.changeEmail(acting, parsed.fields)
  if (result.ok) return did({ title: 'E-mail address saved' })
  if (result.code === 'SESSION_ENDED') throw redirect(signInPath(request, context))
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  return unprocessable(refuseFields(form, changeEmailSchema, EMAIL_ERRORS[result.code]))
}

const EMAIL_ERRORS = {
  EMAIL_TAKEN: { email: 'Another account has this e-mail address.' },
  WRONG_PASSWORD: { currentPassword: 'That is not your current password.' },
}

export default function Profile() {
  const { name, email, sessions, otherSessions } = useLoaderData<typeof loader>()
  const { message, problem, errors, typed } = useFormAnswer()
  return (
    <AccountPage title="Profile">
      <Outcome message={message} />
      {problem && <Notice tone="danger" title={problem} />}
      <OwnSessions sessions={sessions} otherSessions={otherSessions} />
      <NameForm name={typed.name ?? name} error={errors.name} />
      <EmailForm email={typed.email ?? email} errors={errors} />
      <YourData />
    </AccountPage>
  )
}
