import {
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
} from '@remix-run/node'
import { Form, useLoaderData } from '@remix-run/react'
import { choosePasswordSchema } from '~/accounts/users/schemas'
import { tooManyAttempts, unprocessable } from '~/web/answers'
import { askForDeviceHints } from '~/web/device-hints'
import { parseForm, readForm, refuseFields } from '~/web/forms'
import { deadLink, enterByLink, keepLink, formAction, requireLink } from '~/web/link-page'
import { allowOpening } from '~/web/open-application'
import { titled } from '~/ui/frame/site'
import { TokensToKeep } from '~/ui/tokens/tokens-to-keep'
import { FormStack, SubmitButton } from '~/ui/controls/form'
import { Notice } from '~/ui/frame/notice'
import { AuthFrame } from '~/ui/frame/page-frame'
import { PasswordField } from '~/ui/controls/password-field'
import { useFormAnswer } from '~/ui/controls/use-form-answer'
import { UsernameHint } from '~/ui/controls/email-field'

export { clientAction } from '~/ui/controls/client-action'

const PAGE = '/password-link'

export const meta = titled('Choose a password')

export async function loader({ request, context }: LoaderFunctionArgs) {
  const token = new URL(request.url).searchParams.get('token')
  if (token !== null) {
    await requireOwner(token, context)
    throw keepLink({ page: PAGE, request, context }, token)
  }
  const link = requireLink({ page: PAGE, request, context })
  const owner = await requireOwner(link.secret, context)
  await allowOpening(owner.onTheWay.goingTo ?? null, context)
  askForDeviceHints(context)
  const { user, tokens, isFirstProof, isNew, isFactorDemanded } = owner
  const { name, email, hasPassword } = user
  const words = { isNew, isFactorDemanded, hasPassword }
  return { name, email, words, tokens, isFirstProof, action: formAction(PAGE, link) }
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await readForm(request)
  const link = requireLink({ page: PAGE, request, context })
  await requireOwner(link.secret, context)
  const parsed = parseForm(form, choosePasswordSchema)
  if (!parsed.ok) return unprocessable(parsed)

  const result = await context.services.choosePassword.choose(
    link.secret,
    { password: parsed.fields.password, keepTokens: parsed.fields.keepToken },
    context.client,
    context.sessionCookie.read(request.headers.get('Cookie')),
  )
  if (result.ok) return enterByLink({ page: PAGE, request, context }, link, result)
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  if (result.code === 'LINK_INVALID') throw linkDoesNotWork()
  return unprocessable(
    refuseFields(form, choosePasswordSchema, {
      password: REFUSED[result.code],
    }),
  )
}

async function requireOwner(secret: string, context: AppLoadContext) {
  const owner = await context.services.choosePassword.findOwner(secret)
  if (!owner) throw linkDoesNotWork()
  return owner
}

const linkDoesNotWork = () =>
  deadLink('This link has expired or was already used. If you still need one, ask for another.')

const REFUSED = {
  COMMON_PASSWORD: 'This password is too easy to guess. Choose another one.',
  RETIRED_PASSWORD:
    'This was your password before, and somebody else may know it. Choose another one.',
}

type Words = { isNew: boolean; isFactorDemanded: boolean; hasPassword: boolean }

/** What happens here, and what follows from it. Nobody is welcomed who has been here before. */
function introTo(name: string, { isNew, isFactorDemanded, hasPassword }: Words): string {
  if (!isNew) {
    const what = `For the account of ${name}.`
    return hasPassword ? `${what} Wherever you are signed in now, you will be signed out.` : what
  }
  const what = 'Choose a password for your account.'
  return isFactorDemanded ? `${what} After that you set up a second factor.` : what
}

export default function ChoosePassword() {
  const { name, email, words, tokens, isFirstProof, action } = useLoaderData<typeof loader>()
  const { problem, errors } = useFormAnswer()
  return (
    <AuthFrame
      title={words.isNew ? `Welcome, ${name}` : 'Choose a new password'}
      intro={introTo(name, words)}
    >
      {problem && <Notice tone="danger" title={problem} />}
      <Form method="post" action={action}>
        <FormStack>
          <UsernameHint email={email} />
          <PasswordField
            label="New password"
            name="password"
            autoComplete="new-password"
            required
            hint="At least 8 characters. A phrase of 15 or more characters is stronger."
            error={errors.password}
          />
          {tokens.length > 0 && <TokensToKeep tokens={tokens} isFirstProof={isFirstProof} />}
          <SubmitButton tone="primary" wide>
            {words.isNew && words.isFactorDemanded
              ? 'Save password and go on'
              : 'Save password and sign in'}
          </SubmitButton>
        </FormStack>
      </Form>
    </AuthFrame>
  )
}
