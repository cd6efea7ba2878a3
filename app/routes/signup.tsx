import {
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
} from '@remix-run/node'
import { Form, useLoaderData } from '@remix-run/react'
import { onlyEmailSchema, signUpSchema } from '~/accounts/users/schemas'
import { tooManyAttempts, unprocessable } from '~/web/answers'
import { offerCookie, requireCookies } from '~/web/cookie-check'
import { askForDeviceHints } from '~/web/device-hints'
import { parseForm, readForm, refuseFields } from '~/web/forms'
import { requireAnonymous } from '~/web/guards'
import { goOn } from '~/web/second-step'
import { allowOpening } from '~/web/open-application'
import { onTheWayIn, onTheWayTo, safePath } from '~/web/safe-path'
import { titled, useMailFolder } from '~/ui/frame/site'
import { FormStack, SubmitButton } from '~/ui/controls/form'
import { EmailField } from '~/ui/controls/email-field'
import { NewPersonFields } from '~/ui/people/person-fields'
import { MailOnItsWay } from '~/ui/frame/mail-on-its-way'
import { Notice } from '~/ui/frame/notice'
import { AuthFrame } from '~/ui/frame/page-frame'
import { useFormAnswer, useLastAnswer } from '~/ui/controls/use-form-answer'
import { TextLink } from '~/ui/controls/text-link'

export { clientAction } from '~/ui/controls/client-action'

export const meta = titled('Sign up')

export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireAnonymous(request, context)
  await refuseUnlessOpen(context)
  offerCookie(request, context)
  askForDeviceHints(context)
  const query = new URL(request.url).searchParams
  await allowOpening(query.get('redirectTo'), context)
  const byMail = context.services.mail.isSetUp
  return { redirectTo: safePath(query.get('redirectTo'), ''), byMail }
}

export async function action({ request, context }: ActionFunctionArgs) {
  await requireAnonymous(request, context)
  await refuseUnlessOpen(context)
  const form = await readForm(request)
  if (context.services.mail.isSetUp) return askByMail(form, context)
  requireCookies(request, context, form)
  const parsed = parseForm(form, signUpSchema)
  if (!parsed.ok) return unprocessable(parsed)

  const result = await context.services.signUp(parsed.fields, context.client)
  if (result.ok) return goOn(result, { request, context, redirectTo: form.get('redirectTo') })
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  if (result.code === 'SIGN_UP_CLOSED') {
    throw signUpClosed(CLOSED['not-set-up'](context.services.siteName))
  }
  return unprocessable(refuseFields(form, signUpSchema, ERRORS[result.code]))
}

async function askByMail(form: URLSearchParams, context: AppLoadContext) {
  const parsed = parseForm(form, onlyEmailSchema)
  if (!parsed.ok) return unprocessable(parsed)
  const { email } = parsed.fields
  const { request } = context.services.signUpByMail
  const result = await request(email, context.client, onTheWayIn(form))
  return result.ok ? { mailedTo: email } : tooManyAttempts(result, context)
}

const ERRORS = {
  EMAIL_TAKEN: { email: 'This e-mail address already has an account. Sign in instead.' },
  COMMON_PASSWORD: { password: 'This password is too easy to guess. Choose another one.' },
}

async function refuseUnlessOpen({ services }: AppLoadContext) {
  const state = await services.signUpState()
  if (state !== 'open') throw signUpClosed(CLOSED[state](services.siteName))
}

const CLOSED = {
  closed: () => 'Accounts are made by an administrator here. Ask one for yours.',
  'not-set-up': (siteName: string) =>
    `${siteName} is not set up yet. The link that creates its first administrator was printed when it started.`,
}

const signUpClosed = (sentence: string) => new Response(sentence, { status: 403 })

export default function SignUp() {
  const { redirectTo, byMail } = useLoaderData<typeof loader>()
  const { problem, errors, typed } = useFormAnswer()
  const mailedTo = useLastAnswer<{ mailedTo?: string }>()?.mailedTo
  const isFolder = useMailFolder()
  if (mailedTo !== undefined) {
    return (
      <MailOnItsWay>
        A mail {isFolder ? 'was written to the mail folder for' : 'is on its way to'} {mailedTo}. Go
        on with the link in it, within 24 hours.
      </MailOnItsWay>
    )
  }
  return (
    <AuthFrame
      title="Sign up"
      intro={
        byMail &&
        `${isFolder ? 'A mail with a link is written to the mail folder' : 'We mail you a link'}. Behind it you choose a name and a password.`
      }
      footer={
        <>
          Have an account? <TextLink to={onTheWayTo(redirectTo, '/login')}>Sign in</TextLink>
        </>
      }
    >
      {problem && <Notice tone="danger" title={problem} />}
      <Form method="post">
        <FormStack>
          {byMail ? (
            <EmailField typed={typed.email} error={errors.email} />
          ) : (
            <NewPersonFields
              errors={errors}
              typed={typed}
              emailHint="No mail is sent here, so nobody checks that the address is yours."
            />
          )}
          <input type="hidden" name="redirectTo" value={redirectTo} />
          <SubmitButton tone="primary" wide>
            {byMail ? (isFolder ? 'Write the mail' : 'Mail me a link') : 'Create account'}
          </SubmitButton>
        </FormStack>
      </Form>
    </AuthFrame>
  )
}
