import {
  redirect,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node'
import { Form, useLoaderData } from '@remix-run/react'
import { proveFactorSchema } from '~/accounts/factors/schemas'
import { tooManyAttempts, unprocessable } from '~/web/answers'
import { parseForm, readSignedForm, refuseFields } from '~/web/forms'
import { actingAs, requireViewer, signInPath } from '~/web/guards'
import { allowOpening } from '~/web/open-application'
import { onTheWayTo, safePath } from '~/web/safe-path'
import { ButtonLink } from '~/ui/controls/button'
import { FormStack, SubmitButton } from '~/ui/controls/form'
import { TextLink } from '~/ui/controls/text-link'
import { useFormAnswer } from '~/ui/controls/use-form-answer'
import { Notice } from '~/ui/frame/notice'
import { FormToken } from '~/ui/frame/page-context'
import { AuthFrame } from '~/ui/frame/page-frame'
import { CodeField } from '~/ui/security/code-field'

export const meta: MetaFunction = () => [{ title: 'Second factor · Latchkey' }]

/** What an application asks for whose people must have shown a second factor; then it goes on there. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const redirectTo = wantedIn(request)
  if (viewer.session.secondFactor !== null) throw redirect(redirectTo)
  await allowOpening(redirectTo, context)
  const { authenticator } = await context.services.ownFactors.find(viewer)
  return { authenticator, setUp: onTheWayTo(redirectTo, '/profile/security/authenticator') }
}

export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const form = await readSignedForm(request, context)
  const parsed = parseForm(form, proveFactorSchema)
  if (!parsed.ok) return unprocessable(parsed)
  const { ownFactors, clock } = context.services
  const { code } = parsed.fields
  const result = await ownFactors.prove(actingAs(viewer, context), context.client, code)
  if (result.ok) {
    const cookie = context.sessionCookie.issue(result.session, clock.now())
    return redirect(wantedIn(request), { headers: { 'Set-Cookie': cookie } })
  }
  if (result.code === 'SESSION_ENDED') throw redirect(signInPath(request, context))
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  return unprocessable(
    refuseFields(form, proveFactorSchema, {
      code: 'This code is not right, or was used already. Enter the one that your app shows now.',
    }),
  )
}

const wantedIn = ({ url }: Request) =>
  safePath(new URL(url).searchParams.get('redirectTo'), '/apps')

export default function SecondFactor() {
  const { authenticator, setUp } = useLoaderData<typeof loader>()
  const { problem, errors } = useFormAnswer()
  return (
    <AuthFrame
      title="A second factor is needed"
      intro={
        authenticator
          ? 'The application asks for more than a password.'
          : 'The application asks for more than a password. Set up a second factor, and you are led on to it.'
      }
      footer={<TextLink to="/apps">Not now</TextLink>}
    >
      {problem && <Notice tone="danger" title={problem} />}
      {authenticator ? (
        <Form method="post">
          <FormToken />
          <FormStack>
            <CodeField error={errors.code} />
            <SubmitButton tone="primary" wide name="intent" value="authenticator">
              Continue
            </SubmitButton>
          </FormStack>
        </Form>
      ) : (
        <ButtonLink to={setUp} tone="primary" wide>
          Set up an authenticator app
        </ButtonLink>
      )}
    </AuthFrame>
  )
}
