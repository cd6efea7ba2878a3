import {
  redirect,
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
} from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import {
  chosenTokensSchema,
  createTokenSchema,
  TOKEN_LIFETIMES,
} from '~/accounts/api-tokens/schemas'
import type { Acting } from '~/accounts/viewer'
import {
  success,
  ifPossible,
  refused,
  shownOnce,
  tooManyAttempts,
  unprocessable,
} from '~/web/answers'
import { askToRevoke, isConfirmed } from '~/web/confirmation'
import { sessionInWords, shownSessions } from '~/web/shown-sessions'
import { parseForm, readIntent, readSignedForm, refuseFields } from '~/web/forms'
import { actingAs, requireViewer, signInPath } from '~/web/guards'
import { provenAs } from '~/web/step-up'
import { titled } from '~/ui/frame/site'
import { AccountPage } from '~/ui/frame/account-page'
import { ApiTokensTable } from '~/ui/tokens/api-tokens-table'
import { CopyField } from '~/ui/controls/copy-field'
import { NewTokenForm } from '~/ui/tokens/new-token-form'
import { Notice } from '~/ui/frame/notice'
import { Outcome } from '~/ui/frame/outcome'
import { Panel } from '~/ui/frame/panel'
import { useFormAnswer, useLastAnswer } from '~/ui/controls/use-form-answer'

export { clientAction } from '~/ui/controls/client-action'

export const meta = titled('API tokens')

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { user, session } = await requireViewer(request, context)
  const { apiTokens, sessions, applications } = context.services
  const [tokens, active, open] = await Promise.all([
    apiTokens.list({ userId: user.id }),
    sessions.list({ userId: user.id }),
    applications.openTo(user.id),
  ])
  const makers = new Map(
    shownSessions(active, session.id).map((one) => [one.id, sessionInWords(one)]),
  )
  return {
    scopes: apiTokens.scopesFor(user.role),
    applications: open.map(({ id, name }) => ({ id, name })),
    tokens: tokens.map(({ application, ...token }) => ({
      ...token,
      application: application && {
        name: application.name,
        refused: !open.some(({ id }) => id === application.id),
      },
      createdIn: makerInWords(token.createdBySession, makers, session.id),
    })),
  }
}

function makerInWords(maker: string, makers: Map<string, string>, current: string): string {
  if (maker === current) return 'this session'
  return makers.get(maker) ?? 'a session that has ended'
}

export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const form = await readSignedForm(request, context)
  const sub = { form, request, context }
  return readIntent(form, ['create-token', 'revoke-token']) === 'create-token'
    ? createToken({ ...sub, acting: await provenAs(viewer, form, context) })
    : revokeToken({ ...sub, acting: actingAs(viewer, context) })
}

type SubAction = {
  acting: Acting
  form: URLSearchParams
  request: Request
  context: AppLoadContext
}

async function createToken({ acting, form, request, context }: SubAction) {
  const parsed = parseForm(form, createTokenSchema)
  if (!parsed.ok) return unprocessable(parsed)
  const { name, application: applicationId, scope: scopes, lifetime } = parsed.fields
  const { apiTokens, applications } = context.services
  const lifetimeDays = TOKEN_LIFETIMES[lifetime]
  const result = await apiTokens.create(acting, { name, scopes, applicationId, lifetimeDays })
  if (result.ok) {
    const application =
      applicationId === null ? null : await ifPossible(applications.find(applicationId), context)
    const tryAt = applicationId === null ? `${context.origin}/api/v1/session` : application?.address
    return shownOnce({ created: { name, text: result.text, tryAt } }, context)
  }
  if (result.code === 'SESSION_ENDED') throw redirect(signInPath(request, context))
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  if (result.code === 'APPLICATION_NOT_ALLOWED' || result.code === 'NEEDS_FACTOR') {
    const errors = { application: APPLICATION_REFUSALS[result.code] }
    return unprocessable(refuseFields(form, createTokenSchema, errors))
  }
  return refused(REFUSALS[result.code])
}

const APPLICATION_REFUSALS = {
  APPLICATION_NOT_ALLOWED: 'This application is not open to you.',
  NEEDS_FACTOR:
    'This application needs a second factor. Open it once, show your second factor there, and create the token then.',
}

const REFUSALS = {
  TOO_MANY_TOKENS: 'You have 50 tokens already. Revoke one that you do not need any more.',
  SCOPE_NOT_ALLOWED: 'Only administrators can give a token these scopes.',
}

async function revokeToken({ acting, form, request, context }: SubAction) {
  const parsed = parseForm(form, chosenTokensSchema)
  if (!parsed.ok) return refused(parsed.errors.tokenId ?? 'Choose a token.')
  const { apiTokens } = context.services
  const { tokenId: ids } = parsed.fields
  if (!isConfirmed(form)) {
    const tokens = await apiTokens.list({ userId: acting.viewer.user.id })
    return askToRevoke(
      form,
      tokens.filter(({ id }) => ids.includes(id)),
    )
  }
  const result = await apiTokens.revoke(acting, ids)
  if (!result.ok) throw redirect(signInPath(request, context))
  const [first, ...others] = result.revoked
  if (first === undefined) return success({ title: 'That token was revoked already.' })
  return success({
    title: others.length > 0 ? `Revoked ${result.revoked.length} tokens` : `Revoked “${first}”`,
  })
}

export default function Tokens() {
  const { tokens, scopes, applications } = useLoaderData<typeof loader>()
  const answer = useLastAnswer<{ created?: { name: string; text: string; tryAt?: string } }>()
  const { message, problem, errors, typed } = useFormAnswer()
  return (
    <AccountPage title="API tokens">
      <Outcome message={message} />
      {problem && <Notice tone="danger" title={problem} />}
      {answer?.created && (
        <Panel
          heading={`“${answer.created.name}” was created`}
          description="Copy the token now: it is not shown again, and nobody can look it up."
        >
          <CopyField
            label="Token"
            value={answer.created.text}
            hint={
              answer.created.tryAt &&
              `Try it: curl -H "Authorization: Bearer …" ${answer.created.tryAt}`
            }
          />
        </Panel>
      )}
      <ApiTokensTable
        heading="Your tokens"
        tokens={tokens}
        empty="A token lets a program act for you, at Latchkey’s API or at one application."
      />
      <NewTokenForm
        key={answer?.created?.text ?? 'new'}
        scopes={scopes}
        applications={applications}
        errors={errors}
        typed={typed}
      />
    </AccountPage>
  )
}
