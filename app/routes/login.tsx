import {
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node'
import { Form, useLoaderData } from '@remix-run/react'
import { passkeyAnswerSchema } from '~/accounts/sign-in/schemas'
import type { EndReason } from '~/accounts/revocations'
import type { SignUpState } from '~/accounts/users/sign-up'
import { signInSchema } from '~/accounts/users/schemas'
import { refused, tooManyAttempts, unprocessable } from '~/web/answers'
import { browserOf } from '~/web/challenge-cookie'
import { offerCookie, requireCookies } from '~/web/cookie-check'
import { askForDeviceHints } from '~/web/device-hints'
import { parseForm, readForm, refuseFields } from '~/web/forms'
import { requireAnonymous } from '~/web/guards'
import { goOn, PENDING_OVER } from '~/web/second-step'
import { allowOpening } from '~/web/open-application'
import { FACTOR_REFUSED } from '~/web/refused-factor'
import { onTheWayTo, safePath } from '~/web/safe-path'
import { titleAt, useSiteName } from '~/ui/frame/site'
import { Checkbox } from '~/ui/controls/checkbox'
import { EmailOrUsernameField } from '~/ui/controls/email-field'
import { FormStack, SubmitButton } from '~/ui/controls/form'
import { Notice } from '~/ui/frame/notice'
import { AuthFrame } from '~/ui/frame/page-frame'
import { PasswordField } from '~/ui/controls/password-field'
import { PasskeySignIn } from '~/ui/security/passkey-sign-in'
import { TextLink } from '~/ui/controls/text-link'
import { useFormAnswer } from '~/ui/controls/use-form-answer'

export { clientAction } from '~/ui/controls/client-action'

export const meta: MetaFunction = ({ matches }) => [
  { title: titleAt(matches, 'Sign in') },
  { name: 'description', content: `Sign in to ${titleAt(matches)}.` },
]

export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireAnonymous(request, context)
  offerCookie(request, context)
  askForDeviceHints(context)
  const query = new URL(request.url).searchParams
  await allowOpening(query.get('redirectTo'), context)
  return {
    reason: reasonInWords(query.get('reason')),
    redirectTo: safePath(query.get('redirectTo'), ''),
    signUp: await context.services.signUpState(),
    passkeys: context.services.passkeys.offered,
  }
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await readForm(request)
  requireCookies(request, context, form)
  return form.has('passkey')
    ? signInWithPasskey(form, request, context)
    : signInWithPassword(form, request, context)
}

async function signInWithPassword(
  form: URLSearchParams,
  request: Request,
  context: AppLoadContext,
) {
  const parsed = parseForm(form, signInSchema)
  if (!parsed.ok) return unprocessable(parsed)
  const from = whereFrom(request, context)
  const result = await context.services.signIn({ ...parsed.fields, ...from })
  if (result.ok) return goOn(result, { request, context, redirectTo: form.get('redirectTo') })
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  return refused(PROBLEMS[result.code], refuseFields(form, signInSchema, {}).typed)
}

async function signInWithPasskey(form: URLSearchParams, request: Request, context: AppLoadContext) {
  const parsed = parseForm(form, passkeyAnswerSchema)
  if (!parsed.ok) return refused(PROBLEMS.PASSKEY_REFUSED)
  const { passkey: answer, keep } = parsed.fields
  const from = { ...whereFrom(request, context), browser: browserOf(context) }
  const result = await context.services.passkeys.signIn({ answer, keep, ...from })
  if (result.ok) return goOn(result, { request, context, redirectTo: form.get('redirectTo') })
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  return refused(PROBLEMS[result.code], keep ? { keep: 'on' } : {})
}

const whereFrom = (request: Request, context: AppLoadContext) => ({
  origin: context.client,
  replacing: context.sessionCookie.read(request.headers.get('Cookie')),
})

/** Of the two fields it blames neither: whoever guesses is not told which names there are. */
const WRONG_CREDENTIALS = 'Wrong e-mail, username or password.'

const PROBLEMS = {
  WRONG_CREDENTIALS,
  PASSKEY_REFUSED: 'That passkey opens no account here. Use another one, or your password.',
  CHALLENGE_OVER: FACTOR_REFUSED.CHALLENGE_OVER,
  DISABLED: 'This account has been disabled. Ask an administrator.',
}

/** Why somebody who did not ask for it finds themselves here. */
const REASONS: Record<EndReason | typeof PENDING_OVER, string> = {
  [PENDING_OVER]: 'The second step took too long, was taken already, or was ended. Sign in again.',
  'signed-out': 'You signed out.',
  'signed-out-elsewhere': 'You were signed out from another device.',
  'signed-out-by-administrator': 'An administrator signed you out.',
  'password-changed': 'Your password was changed, so you were signed out here.',
  replaced: 'You signed in again in this browser.',
  'too-many-sessions': 'You were signed out here because you signed in on too many other devices.',
  expired: 'Your session expired.',
  'account-disabled': 'Your account was disabled.',
  'account-deleted': 'Your account was deleted.',
  'signed-out-of-application': 'You signed out of the application.',
  'access-taken': 'You may no longer use that application.',
  'account-secured': 'This account was secured, and everybody signed out of it.',
  'factor-shown': 'You showed a second factor in this browser.',
  ended: 'You were signed out: from another device, or because your session expired.',
}

function reasonInWords(reason: string | null): string | null {
  return reason !== null && Object.hasOwn(REASONS, reason)
    ? REASONS[reason as keyof typeof REASONS]
    : null
}

export default function Login() {
  const { reason, redirectTo, signUp, passkeys } = useLoaderData<typeof loader>()
  const { problem, errors, typed } = useFormAnswer()
  const blamedBy = problem === WRONG_CREDENTIALS ? 'problem' : undefined
  return (
    <AuthFrame title="Sign in" footer={<HowToComeIn signUp={signUp} redirectTo={redirectTo} />}>
      {problem ? (
        <Notice id="problem" tone="danger" title={problem} />
      ) : (
        reason && <Notice title={reason} />
      )}
      <Form method="post">
        <FormStack>
          <EmailOrUsernameField
            typed={typed.email}
            error={errors.email}
            blamedBy={blamedBy}
            offersPasskeys={passkeys}
          />
          <PasswordField
            label="Password"
            name="password"
            required
            error={errors.password}
            blamedBy={blamedBy}
            aside={
              <TextLink to={onTheWayTo(redirectTo, '/forgot-password')}>Forgot password?</TextLink>
            }
          />
          <Checkbox
            label="Keep me signed in"
            hint="On a shared computer, leave this unticked."
            name="keep"
            defaultChecked={typed.keep === 'on'}
            error={errors.keep}
          />
          <input type="hidden" name="redirectTo" value={redirectTo} />
          <SubmitButton tone="primary" wide>
            Sign in
          </SubmitButton>
          {passkeys && <PasskeySignIn optionsFrom="/login/passkey" />}
        </FormStack>
      </Form>
    </AuthFrame>
  )
}

/** For somebody without an account. */
function HowToComeIn({ signUp, redirectTo }: { signUp: SignUpState; redirectTo: string }) {
  const siteName = useSiteName()
  switch (signUp) {
    case 'open':
      return (
        <>
          No account yet? <TextLink to={onTheWayTo(redirectTo, '/signup')}>Sign up</TextLink>
        </>
      )
    case 'closed':
      return 'No account yet? Ask an administrator for one.'
    case 'not-set-up':
      return `${siteName} is not set up yet. The link that creates its first administrator was printed when it started.`
  }
}
