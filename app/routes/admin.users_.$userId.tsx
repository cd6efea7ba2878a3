import {
  redirect,
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { chosenTokensSchema } from '~/accounts/api-tokens/schemas'
import { chosenSessionsSchema } from '~/accounts/sessions/schemas'
import { changeUsernameSchema, editUserSchema } from '~/accounts/users/schemas'
import type { Acting } from '~/accounts/viewer'
import { chosenGroupsSchema } from '~/applications/schemas'
import { success, refused, tooManyAttempts, unprocessable } from '~/web/answers'
import {
  askToChangeUsername,
  askToDisable,
  askToEnd,
  askToGiveUpAdministration,
  askToReplaceLink,
  askToRevoke,
  isConfirmed,
} from '~/web/confirmation'
import { endedMessage, USERNAME_TAKEN } from '~/web/messages'
import { parseForm, readIntent, readSignedForm, refuseFields } from '~/web/forms'
import { actingAs, requireAdmin, signInPath } from '~/web/guards'
import { handOutLink } from '~/web/password-links'
import { shownSessions } from '~/web/shown-sessions'
import { AccountPage } from '~/ui/frame/account-page'
import { AdministeredAccess } from '~/ui/people/administered-access'
import { AdministeredSessions } from '~/ui/sessions/administered-sessions'
import { ApiTokensTable } from '~/ui/tokens/api-tokens-table'
import { EditUser } from '~/ui/people/edit-user'
import { Notice } from '~/ui/frame/notice'
import { Outcome } from '~/ui/frame/outcome'
import { PasswordLink } from '~/ui/people/password-link'
import { useFormAnswer, useLastAnswer } from '~/ui/controls/use-form-answer'
import { ChangeUsername } from '~/ui/people/usernames'
import { UserGroups } from '~/ui/people/user-groups'
import { UserBadges } from '~/ui/people/users-table'

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.user.name ?? 'User'} · Latchkey` },
]

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const viewer = await requireAdmin(request, context)
  const { sessions, apiTokens, groups, findUser } = context.services
  const user = await findUser(params.userId ?? '')
  if (!user) throw noSuchUser()
  const [listed, tokens, userGroups] = await Promise.all([
    sessions.list({ userId: user.id }),
    apiTokens.list({ userId: user.id }),
    groups.allWithUser(user.id),
  ])
  return {
    user,
    tokens,
    byMail: context.services.mail.isSetUp,
    groups: userGroups,
    sessions: shownSessions(listed, viewer.session.id),
  }
}

const INTENTS = [
  'edit',
  'change-username',
  'disable',
  'enable',
  'password-link',
  'mail-password-link',
  'sign-out-of-sessions',
  'sign-out-of-session',
  'revoke-token',
  'set-groups',
] as const

export async function action({ request, params, context }: ActionFunctionArgs) {
  const viewer = await requireAdmin(request, context)
  const form = await readSignedForm(request, context)
  const intent = readIntent(form, INTENTS)
  const asked = { acting: actingAs(viewer, context), userId: params.userId ?? '', form, context }
  const question = isConfirmed(form) ? null : await questionAbout(intent, asked)
  if (question) return question
  const result = await perform(intent, asked)
  if (!('code' in result)) return result
  switch (result.code) {
    case 'NO_SUCH_USER':
      throw noSuchUser()
    case 'NOT_ALLOWED':
      throw redirect(signInPath(request, context))
    case 'TOO_MANY_ATTEMPTS':
      return tooManyAttempts(result, context)
    case 'LAST_ADMIN':
      return refused('This is the only administrator. Make somebody else one first.')
    case 'OWN_ACCOUNT':
      return refused(
        'This is your own account. Your e-mail address and password are on your profile.',
      )
    case 'NO_SUCH_GROUP':
      return refused('One of the groups is gone. Look them over and save again.')
    case 'EMAIL_TAKEN':
      return unprocessable(
        refuseFields(form, editUserSchema, { email: 'Another account has this e-mail address.' }),
      )
    case 'USERNAME_TAKEN':
      return unprocessable(refuseFields(form, changeUsernameSchema, { username: USERNAME_TAKEN }))
  }
}

type Intent = (typeof INTENTS)[number]
type Asked = { acting: Acting; userId: string; form: URLSearchParams; context: AppLoadContext }

/** What is asked before it is done; null for what can be undone, or is no whole form. */
async function questionAbout(intent: Intent, { acting, userId, form, context }: Asked) {
  const { sessions, apiTokens, findUser } = context.services
  const user = await findUser(userId)
  if (!user) throw noSuchUser()
  const listed = async () =>
    shownSessions(await sessions.list({ userId }), acting.viewer.session.id)
  switch (intent) {
    case 'edit':
      return wouldDemoteThemselves({ acting, userId, form })
        ? askToGiveUpAdministration(form, user)
        : null
    case 'change-username': {
      const parsed = parseForm(form, changeUsernameSchema)
      if (!parsed.ok || parsed.fields.username === user.username) return null
      return askToChangeUsername(form, user, parsed.fields.username)
    }
    case 'enable':
    case 'set-groups':
      return null
    case 'disable':
      return askToDisable(form, user)
    case 'password-link':
    case 'mail-password-link':
      return user.hasPasswordLink ? askToReplaceLink(form, user) : null
    case 'sign-out-of-sessions':
      return askToEnd(form, await listed())
    case 'sign-out-of-session': {
      const parsed = parseForm(form, chosenSessionsSchema)
      if (!parsed.ok) return null
      return askToEnd(
        form,
        (await listed()).filter(({ id }) => parsed.fields.sessionId.includes(id)),
      )
    }
    case 'revoke-token': {
      const parsed = parseForm(form, chosenTokensSchema)
      if (!parsed.ok) return null
      const tokens = await apiTokens.list({ userId })
      return askToRevoke(
        form,
        tokens.filter(({ id }) => parsed.fields.tokenId.includes(id)),
      )
    }
  }
}

async function perform(intent: Intent, { acting, userId, form, context }: Asked) {
  const { administration, access, apiTokens, groups } = context.services
  switch (intent) {
    case 'edit': {
      const parsed = parseForm(form, editUserSchema)
      if (!parsed.ok) return unprocessable(parsed)
      const result = await administration.edit(acting, { userId, ...parsed.fields })
      // These pages are not for them any more.
      if (result.ok && wouldDemoteThemselves({ acting, userId, form })) throw redirect('/profile')
      return result.ok ? success({ title: 'Saved' }) : result
    }
    case 'change-username': {
      const parsed = parseForm(form, changeUsernameSchema)
      if (!parsed.ok) return unprocessable(parsed)
      const result = await administration.changeUsername(acting, userId, parsed.fields.username)
      return result.ok ? success({ title: 'Username changed' }) : result
    }
    case 'disable': {
      const result = await administration.disable(acting, userId)
      return result.ok ? success({ title: 'Disabled, and signed out everywhere' }) : result
    }
    case 'enable': {
      const result = await administration.enable(acting, userId)
      return result.ok ? success({ title: 'Enabled' }) : result
    }
    case 'password-link':
    case 'mail-password-link':
      return handOutLink(intent, { acting, userId, context })
    case 'sign-out-of-sessions': {
      const result = await access.endSessions(acting, userId)
      return result.ok ? success(endedMessage(result, 'session')) : result
    }
    case 'sign-out-of-session': {
      const parsed = parseForm(form, chosenSessionsSchema)
      if (!parsed.ok) return refused(parsed.errors.sessionId ?? 'Choose a session.')
      const result = await access.endSessions(acting, userId, parsed.fields.sessionId)
      return result.ok ? success(endedMessage(result, 'session')) : result
    }
    case 'revoke-token': {
      const parsed = parseForm(form, chosenTokensSchema)
      if (!parsed.ok) return unprocessable(parsed)
      const result = await apiTokens.revokeOf(acting, userId, parsed.fields.tokenId)
      return result.ok ? success({ title: 'Token revoked' }) : result
    }
    case 'set-groups': {
      const parsed = parseForm(form, chosenGroupsSchema)
      if (!parsed.ok) return unprocessable(parsed)
      const result = await groups.setOfUser(acting, userId, parsed.fields.group)
      return result.ok ? success({ title: 'Groups saved' }) : result
    }
  }
}

/** Whether this form takes from the administrator who sends it what only another one can give back. */
const wouldDemoteThemselves = ({ acting, userId, form }: Omit<Asked, 'context'>) =>
  userId === acting.viewer.user.id && form.get('role') !== acting.viewer.user.role

const noSuchUser = () => new Response('There is no such user, or not any more.', { status: 404 })

export default function User() {
  const { user, sessions, tokens, groups, byMail } = useLoaderData<typeof loader>()
  const answer = useLastAnswer<{ link?: string }>()
  const { message, problem, errors, typed } = useFormAnswer()
  return (
    <AccountPage
      title={user.name}
      actions={<UserBadges role={user.role} disabled={user.disabledAt !== null} />}
    >
      <Outcome message={message} />
      {problem && <Notice tone="danger" title={problem} />}
      {answer?.link && <PasswordLink name={user.name} link={answer.link} />}
      <EditUser
        user={{ name: user.name, email: user.email, role: user.role, ...typed }}
        errors={errors}
      />
      <ChangeUsername username={typed.username ?? user.username} error={errors.username} />
      <UserGroups groups={groups} />
      <AdministeredSessions sessions={sessions} />
      <ApiTokensTable tokens={tokens} empty="No program acts for this user." />
      <AdministeredAccess
        userId={user.id}
        isDisabled={user.disabledAt !== null}
        hasPassword={user.hasPassword}
        hasPasswordLink={user.hasPasswordLink}
        byMail={byMail}
      />
    </AccountPage>
  )
}
