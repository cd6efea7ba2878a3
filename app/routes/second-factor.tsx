import {
  redirect,
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
} from '@remix-run/node'
import { Form, useLoaderData } from '@remix-run/react'
import { proveFactorSchema } from '~/accounts/factors/schemas'
import { passkeyStepSchema } from '~/accounts/sign-in/schemas'
import { refused, tooManyAttempts, unprocessable } from '~/web/answers'
import { browserOf } from '~/web/challenge-cookie'
import { parseForm, readIntent, readSignedForm, refuseFields } from '~/web/forms'
import { actingAs, requireViewer, signInPath } from '~/web/guards'
import { allowOpening } from '~/web/open-application'
import { FACTOR_REFUSED } from '~/web/refused-factor'
import { onTheWayTo, safePath } from '~/web/safe-path'
import { PASSKEY_OPTIONS } from '~/web/step-up'
import { titled } from '~/ui/frame/site'
import { ButtonLink } from '~/ui/controls/button'
import { FormStack, SubmitButton } from '~/ui/controls/form'
import { TextLink } from '~/ui/controls/text-link'
import { useFormAnswer } from '~/ui/controls/use-form-answer'
import { Notice } from '~/ui/frame/notice'
import { FormToken } from '~/ui/frame/page-context'
import { AuthFrame } from '~/ui/frame/page-frame'
import { CodeField } from '~/ui/security/code-field'
import { PasskeyStep } from '~/ui/security/passkey-step'

export { clientAction } from '~/ui/controls/client-action'

export const meta = titled('Second factor')

/**
 * What an application asks for whose people must have shown a second factor; then it goes on there. Whoever
 * opens the page by themselves was asked by none.
 */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const redirectTo = wantedIn(request)
  if (viewer.session.secondFactor !== null) throw redirect(redirectTo)
  await allowOpening(redirectTo, context)
  const { ownFactors, passkeys } = context.services
  const { authenticator, passkeys: count } = await ownFactors.find(viewer)
  return {
    authenticator,
    passkey: count > 0,
    passkeyFrom: passkeys.offered ? PASSKEY_OPTIONS : null,
    isAsked: redirectTo.split('?', 1)[0] === '/open',
    setUp: onTheWayTo(redirectTo, '/profile/security/authenticator'),
  }
}

export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const form = await readSignedForm(request, context)
  const intent = readIntent(form, ['authenticator', 'passkey'])
  const parsed = intent === 'passkey' ? passkeyShownIn(form, context) : codeShownIn(form)
  if (!parsed.ok) {
    return intent === 'passkey' ? refused(FACTOR_REFUSED.PASSKEY_REFUSED) : unprocessable(parsed)
  }
  const { ownFactors, clock } = context.services
  const result = await ownFactors.prove(actingAs(viewer, context), context.client, parsed.shown)
  if (result.ok) {
    const cookie = context.sessionCookie.issue(result.session, clock.now())
    return redirect(wantedIn(request), { headers: { 'Set-Cookie': cookie } })
  }
  if (result.code === 'SESSION_ENDED') throw redirect(signInPath(request, context))
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  const sentence = FACTOR_REFUSED[result.code]
  if (intent === 'passkey') return refused(sentence)
  return unprocessable(refuseFields(form, proveFactorSchema, { code: sentence }))
}

const wantedIn = ({ url }: Request) =>
  safePath(new URL(url).searchParams.get('redirectTo'), '/apps')

function codeShownIn(form: URLSearchParams) {
  const parsed = parseForm(form, proveFactorSchema)
  if (!parsed.ok) return parsed
  return { ok: true as const, shown: { factor: 'authenticator' as const, ...parsed.fields } }
}

function passkeyShownIn(form: URLSearchParams, context: AppLoadContext) {
  const parsed = parseForm(form, passkeyStepSchema)
  if (!parsed.ok) return parsed
  const { passkey: answer } = parsed.fields
  return {
    ok: true as const,
    shown: { factor: 'passkey' as const, answer, browser: browserOf(context) },
  }
}

/** What is asked here, and by whom. */
function introTo({ isAsked, hasOne }: { isAsked: boolean; hasOne: boolean }): string {
  if (!isAsked) return 'Some applications open only after a second factor.'
  const asked = 'The application asks for more than a password.'
  return hasOne ? asked : `${asked} Set up a second factor, and you are led on to it.`
}

export default function SecondFactor() {
  const { authenticator, passkey, passkeyFrom, isAsked, setUp } = useLoaderData<typeof loader>()
  const { problem, errors } = useFormAnswer()
  return (
    <AuthFrame
      title={isAsked ? 'A second factor is needed' : 'Second factor'}
      intro={introTo({ isAsked, hasOne: authenticator || passkey })}
      footer={<TextLink to="/apps">Not now</TextLink>}
    >
      {problem && <Notice tone="danger" title={problem} />}
      {passkey && (
        <PasskeyStep
          optionsFrom={passkeyFrom}
          formToken={<FormToken />}
          instead="Open the application in one that has yours, or set up an authenticator app there."
        />
      )}
      {authenticator && (
        <Form method="post">
          <FormToken />
          <FormStack>
            <CodeField error={errors.code} />
            <SubmitButton tone="primary" wide name="intent" value="authenticator">
              Continue
            </SubmitButton>
          </FormStack>
        </Form>
      )}
      {!authenticator && !passkey && (
        <ButtonLink to={setUp} tone="primary" wide>
          Set up an authenticator app
        </ButtonLink>
      )}
    </AuthFrame>
  )
}
