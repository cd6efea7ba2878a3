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
import { signedOut, success, refused, unprocessable } from '~/web/answers'
import {
  askToChangeUsername,
  askToDisable,
  askToEnd,
  askToGiveUpAdministration,
  askToReplaceLink,
  askToRevoke,
  isConfirmed,
} from '~/web/confirmation'
import { askToRemoveFactors } from '~/web/factor-questions'
import { noSuchUser, refusePerson } from '~/web/person-forms'
import { endedMessage, USERNAME_TAKEN } from '~/web/messages'
import { parseForm, readIntent, readSignedForm, refuseFields } from '~/web/forms'
import { requireAdmin } from '~/web/guards'
import { handOutFactorLink, handOutLink } from '~/web/handed-links'
import { shownSessions, withApplications } from '~/web/shown-sessions'
import { provenAs } from '~/web/step-up'
import { titleAt } from '~/ui/frame/site'
import { AccountPage } from '~/ui/frame/account-page'
import { AdministeredAccess, OwnAccess } from '~/ui/people/administered-access'
import { AdministeredSessions } from '~/ui/sessions/administered-sessions'
import { ApiTokensTable } from '~/ui/tokens/api-tokens-table'
import { EditUser } from '~/ui/people/edit-user'
import { Notice } from '~/ui/frame/notice'
import { Outcome } from '~/ui/frame/outcome'
import { FactorLink, PasswordLink } from '~/ui/people/handed-links'
import { AdministeredFactors } from '~/ui/security/administered-factors'
import { useFormAnswer, useLastAnswer } from '~/ui/controls/use-form-answer'
import { UserFacts } from '~/ui/people/user-facts'
import { ChangeUsername } from '~/ui/people/usernames'
import { UserGroups } from '~/ui/people/user-groups'

export { clientAction } from '~/ui/controls/client-action'

export const meta: MetaFunction<typeof loader> = ({ data, matches }) => [
  { title: titleAt(matches, data?.user.name ?? 'User') },
]

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const viewer = await requireAdmin(request, context)
  const { sessions, applicationSignIns, apiTokens, groups, applications, ...services } =
    context.services
  const user = await services.findUser(params.userId ?? '')
  if (!user) throw noSuchUser()
  const [listed, reached, tokens, userGroups, opened, isLastAdministrator] = await Promise.all([
    sessions.list({ userId: user.id }),
    applicationSignIns.ofUser(user.id),
    apiTokens.list({ userId: user.id }),
    groups.allWithUser(user.id),
    user.disabledAt ? [] : applications.openTo(user.id),
    services.isLastAdministrator(user.id),
  ])
  return {
    user: { ...user, isSelf: user.id === viewer.user.id, isLastAdministrator },
    tokens,
    byMail: context.services.mail.isSetUp,
    groups: userGroups,
    applications: opened.map(({ id, name }) => ({ id, name })),
    sessions: withApplications(shownSessions(listed, viewer.session.id), reached),
  }
}

const INTENTS = [
  'edit',
  'change-username',
  'disable',
  'enable',
  'password-link',
  'remove-factors',
  'factor-link',
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
  const acting = await provenAs(viewer, form, context)
  const asked = { acting, userId: params.userId ?? '', form, context }
  const question = isConfirmed(form) ? null : await questionAbout(intent, asked)
  if (question) return question
  const result = await perform(intent, asked)
  if (!('code' in result)) return result
  if (result.code === 'EMAIL_TAKEN') {
    const errors = { email: 'Another account has this e-mail address.' }
    return unprocessable(refuseFields(form, editUserSchema, errors))
  }
  if (result.code === 'USERNAME_TAKEN') {
    return unprocessable(refuseFields(form, changeUsernameSchema, { username: USERNAME_TAKEN }))
  }
  return refusePerson({ request, context }, result)
}

type Intent = (typeof INTENTS)[number]
type Asked = { acting: Acting; userId: string; form: URLSearchParams; context: AppLoadContext }

/** What is asked before it is done; null for what can be undone, is no whole form, or is refused anyway. */
async function questionAbout(intent: Intent, { acting, userId, form, context }: Asked) {
  const { sessions, apiTokens, findUser, isLastAdministrator } = context.services
  const user = await findUser(userId)
  if (!user) throw noSuchUser()
  const listed = async () =>
    shownSessions(await sessions.list({ userId }), acting.viewer.session.id)
  switch (intent) {
    case 'edit':
      if (!wouldDemoteThemselves({ acting, userId, form })) return null
      if (await isLastAdministrator(userId)) return null
      return askToGiveUpAdministration(form, user)
    case 'change-username': {
      const parsed = parseForm(form, changeUsernameSchema)
      if (!parsed.ok || parsed.fields.username === user.username) return null
      return askToChangeUsername(form, user, parsed.fields.username)
    }
    case 'disable':
      return (await isLastAdministrator(userId)) ? null : askToDisable(form, user)
    case 'remove-factors':
      return askToRemoveFactors(form, user)
    case 'password-link':
    case 'mail-password-link':
      return user.hasPasswordLink ? askToReplaceLink(form, user) : null
    case 'sign-out-of-sessions':
      return askToEnd(form, await listed())
    case 'sign-out-of-session': {
      const parsed = parseForm(form, chosenSessionsSchema)
      if (!parsed.ok) return null
      const isChosen = ({ id }: { id: string }) => parsed.fields.sessionId.includes(id)
      return askToEnd(form, (await listed()).filter(isChosen))
    }
    case 'revoke-token': {
      const parsed = parseForm(form, chosenTokensSchema)
      if (!parsed.ok) return null
      const isChosen = ({ id }: { id: string }) => parsed.fields.tokenId.includes(id)
      return askToRevoke(form, (await apiTokens.list({ userId })).filter(isChosen))
    }
    default:
      return null
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
      const { username } = parsed.fields
      return saying('Username saved', administration.changeUsername(acting, userId, username))
    }
    case 'disable':
      return saying('Disabled, and signed out everywhere', administration.disable(acting, userId))
    case 'enable':
      return saying('Enabled', administration.enable(acting, userId))
    case 'password-link':
    case 'mail-password-link':
      return handOutLink(intent, { acting, userId, context })
    case 'remove-factors':
    case 'factor-link':
      return handOutFactorLink(intent, { acting, userId, context })
    case 'sign-out-of-sessions':
      return ended(await access.endSessions(acting, userId), acting, context)
    case 'sign-out-of-session': {
      const parsed = parseForm(form, chosenSessionsSchema)
      if (!parsed.ok) return refused(parsed.errors.sessionId ?? 'Choose a session.')
      const { sessionId: ids } = parsed.fields
      return ended(await access.endSessions(acting, userId, ids), acting, context)
    }
    case 'revoke-token': {
      const parsed = parseForm(form, chosenTokensSchema)
      if (!parsed.ok) return unprocessable(parsed)
      return saying('Token revoked', apiTokens.revokeOf(acting, userId, parsed.fields.tokenId))
    }
    case 'set-groups': {
      const parsed = parseForm(form, chosenGroupsSchema)
      if (!parsed.ok) return unprocessable(parsed)
      return saying('Groups saved', groups.setOfUser(acting, userId, parsed.fields.group))
    }
  }
}

/** What is said of sessions that were ended; whoever ended their own one is out. */
function ended(
  result: Awaited<ReturnType<AppLoadContext['services']['access']['endSessions']>>,
  { viewer }: Acting,
  context: AppLoadContext,
) {
  if (!result.ok) return result
  if (result.ended.includes(viewer.session.id)) throw signedOut('signed-out', context)
  return success(endedMessage(result, 'session'))
}

/** What is said when it is done; why not, otherwise. */
async function saying<R extends { ok: boolean }>(title: string, doing: Promise<R>) {
  const result = await doing
  return result.ok ? success({ title }) : (result as Extract<R, { ok: false }>)
}

/** Whether this form takes from the administrator who sends it what only another one can give back. */
const wouldDemoteThemselves = ({ acting, userId, form }: Omit<Asked, 'context'>) =>
  userId === acting.viewer.user.id && form.get('role') !== acting.viewer.user.role

export default function User() {
  const { user, sessions, tokens, groups, applications, byMail } = useLoaderData<typeof loader>()
  const answer = useLastAnswer<{ link?: string; factorLink?: string }>()
  const { message, problem, errors, typed } = useFormAnswer()
  return (
    <AccountPage title={user.name} actions={<UserFacts user={user} />}>
      <Outcome message={message} />
      {problem && <Notice tone="danger" title={problem} />}
      {answer?.link && <PasswordLink name={user.name} link={answer.link} />}
      {answer?.factorLink && <FactorLink name={user.name} link={answer.factorLink} />}
      <EditUser user={user} typed={typed} errors={errors} />
      <ChangeUsername username={typed.username ?? user.username} error={errors.username} />
      <UserGroups
        groups={groups}
        applications={applications}
        ticked={typed.intent === 'set-groups' ? new Set(typed.group?.split(' ')) : undefined}
      />
      <AdministeredSessions sessions={sessions} />
      <ApiTokensTable tokens={tokens} empty="No program acts for this user." />
      {user.isSelf ? <OwnAccess /> : <AdministeredFactors factors={user} />}
      <AdministeredAccess user={user} byMail={byMail} />
    </AccountPage>
  )
}
