import {
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
} from '@remix-run/node'
import { Form } from '@remix-run/react'
import { signUpSchema } from '~/accounts/users/schemas'
import { tooManyAttempts, unprocessable } from '~/web/answers'
import { askForDeviceHints } from '~/web/device-hints'
import { parseForm, readForm, refuseFields } from '~/web/forms'
import { deadLink, enterByLink, keepLink, requireLink } from '~/web/link-page'
import { titled } from '~/ui/frame/site'
import { FormStack, SubmitButton } from '~/ui/controls/form'
import { NewPersonFields } from '~/ui/people/person-fields'
import { Notice } from '~/ui/frame/notice'
import { AuthFrame } from '~/ui/frame/page-frame'
import { useFormAnswer } from '~/ui/controls/use-form-answer'

export { clientAction } from '~/ui/controls/client-action'

const PAGE = '/setup'

export const meta = titled('Set up')

export async function loader({ request, context }: LoaderFunctionArgs) {
  await refuseOnceSetUp(context)
  const token = new URL(request.url).searchParams.get('token')
  if (token !== null) {
    await refuseUnlessLink(token, context)
    throw keepLink({ page: PAGE, request, context }, token)
  }
  const link = requireLink({ page: PAGE, request, context })
  await refuseUnlessLink(link.secret, context)
  askForDeviceHints(context)
  return null
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await readForm(request)
  const parsed = parseForm(form, signUpSchema)
  await refuseOnceSetUp(context)
  const link = requireLink({ page: PAGE, request, context })
  await refuseUnlessLink(link.secret, context)
  if (!parsed.ok) return unprocessable(parsed)

  const result = await context.services.setUp.complete(link.secret, parsed.fields, context.client)
  if (result.ok) return enterByLink({ page: PAGE, request, context }, link, result)
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  if (result.code === 'LINK_INVALID') {
    await refuseOnceSetUp(context)
    throw linkDoesNotWork()
  }
  return unprocessable(refuseFields(form, signUpSchema, ERRORS[result.code]))
}

const ERRORS = {
  EMAIL_TAKEN: { email: 'This e-mail address already has an account.' },
  COMMON_PASSWORD: { password: 'This password is too easy to guess. Choose another one.' },
}

async function refuseOnceSetUp({ services }: AppLoadContext) {
  if ((await services.signUpState()) === 'not-set-up') return
  throw deadLink(`${services.siteName} is set up already.`)
}

async function refuseUnlessLink(secret: string, context: AppLoadContext) {
  if (!(await context.services.setUp.isLink(secret))) throw linkDoesNotWork()
}

const linkDoesNotWork = () =>
  deadLink('This set-up link does not work. Restart Latchkey: it prints a new one.')

export default function SetUp() {
  const { problem, errors, typed } = useFormAnswer()
  return (
    <AuthFrame
      title="Welcome to Latchkey"
      intro="Create the first account. It will administer this installation."
    >
      {problem && <Notice tone="danger" title={problem} />}
      <Form method="post" action={PAGE}>
        <FormStack>
          <NewPersonFields errors={errors} typed={typed} />
          <SubmitButton tone="primary" wide>
            Create administrator
          </SubmitButton>
        </FormStack>
      </Form>
    </AuthFrame>
  )
}
