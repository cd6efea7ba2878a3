import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, useLoaderData } from '@remix-run/react'
import { newUserSchema } from '~/accounts/users/schemas'
import { shownOnce, tooManyAttempts, unprocessable } from '~/web/answers'
import { parseForm, readSignedForm, refuseFields } from '~/web/forms'
import { USERNAME_TAKEN } from '~/web/messages'
import { requireAdmin, signInPath } from '~/web/guards'
import { provenAs } from '~/web/step-up'
import { titled, useMailFolder } from '~/ui/frame/site'
import { AccountPage } from '~/ui/frame/account-page'
import { ButtonLink } from '~/ui/controls/button'
import { Checkbox } from '~/ui/controls/checkbox'
import { FormActions, FormStack, SubmitButton } from '~/ui/controls/form'
import { FormToken } from '~/ui/frame/page-context'
import { Notice } from '~/ui/frame/notice'
import { Panel } from '~/ui/frame/panel'
import { PasswordLink } from '~/ui/people/handed-links'
import { useFormAnswer, useLastAnswer } from '~/ui/controls/use-form-answer'
import { TextLink } from '~/ui/controls/text-link'
import { UserFields } from '~/ui/people/person-fields'
import { UsernameField } from '~/ui/people/usernames'

export { clientAction } from '~/ui/controls/client-action'

export const meta = titled('New user')

export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireAdmin(request, context)
  return { byMail: context.services.mail.isSetUp }
}

export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireAdmin(request, context)
  const form = await readSignedForm(request, context)
  const parsed = parseForm(form, newUserSchema)
  if (!parsed.ok) return unprocessable(parsed)

  const acting = await provenAs(viewer, form, context)
  const { mailLink, ...person } = parsed.fields
  const isMailed = mailLink && context.services.mail.isSetUp
  const link = isMailed ? 'mailed' : 'shown'
  const result = await context.services.administration.create(acting, { ...person, link })
  if (result.ok) {
    const { userId: id, secret } = result
    const { name, email } = person
    if (secret === null) return { invited: { id, name, email } }
    const link = `${context.origin}/password-link?token=${secret}`
    return shownOnce({ created: { id, name, link } }, context)
  }
  if (result.code === 'EMAIL_TAKEN' || result.code === 'USERNAME_TAKEN') {
    return unprocessable(refuseFields(form, newUserSchema, TAKEN[result.code]))
  }
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  throw redirect(signInPath(request, context))
}

const TAKEN = {
  EMAIL_TAKEN: { email: 'Another account has this e-mail address.' },
  USERNAME_TAKEN: { username: USERNAME_TAKEN },
}

export default function NewUser() {
  const { byMail } = useLoaderData<typeof loader>()
  const isFolder = useMailFolder()
  const answer = useLastAnswer<{ created?: Created; invited?: Invited }>()
  const { problem, errors, typed } = useFormAnswer()
  if (answer?.created) return <LinkToPassOn {...answer.created} />
  if (answer?.invited) return <InvitationSent {...answer.invited} />
  return (
    <AccountPage title="New user">
      <Panel
        heading="Who is it?"
        description={
          byMail
            ? 'They choose their own password, with a link.'
            : 'You’ll get a link to send them so they can set a password.'
        }
      >
        <Form method="post">
          <FormToken />
          <FormStack>
            {problem && <Notice tone="danger" title={problem} />}
            <UserFields user={typed} errors={errors} />
            <UsernameField username={typed.username} error={errors.username} />
            {byMail && (
              <Checkbox
                label={isFolder ? 'Write them a mail, to the mail folder' : 'Mail them the link'}
                hint="Without it the link is shown to you, to be passed on."
                name="mailLink"
                defaultChecked={typed.name === undefined ? !isFolder : typed.mailLink === 'on'}
                error={errors.mailLink}
              />
            )}
            <FormActions>
              <SubmitButton
                tone="primary"
                pendingWhen={{ intent: 'create' }}
                name="intent"
                value="create"
              >
                Create user
              </SubmitButton>
              <ButtonLink to="/admin/users" tone="quiet">
                Cancel
              </ButtonLink>
            </FormActions>
          </FormStack>
        </Form>
      </Panel>
    </AccountPage>
  )
}

type Created = { id: string; name: string; link: string }
type Invited = { id: string; name: string; email: string }

function InvitationSent({ id, name, email }: Invited) {
  const isFolder = useMailFolder()
  return (
    <AccountPage title="New user">
      <Notice tone="success" title={`${name} was created`}>
        {isFolder ? (
          <>
            The mail to {email}, with the link by which they choose their password, is written to
            the mail folder and sent to nobody. Pass it on.
          </>
        ) : (
          <>
            The link by which they choose their password is on its way to {email}. Whether it was
            sent, <TextLink to="/admin/mail">the list of mails</TextLink> says.
          </>
        )}
      </Notice>
      <p className="mt-5">
        <ButtonLink to={`/admin/users/${id}`}>Go to {name}</ButtonLink>
      </p>
    </AccountPage>
  )
}

function LinkToPassOn({ id, name, link }: Created) {
  return (
    <AccountPage title="New user">
      <PasswordLink name={name} link={link} />
      <ButtonLink to={`/admin/users/${id}`}>Go to {name}</ButtonLink>
    </AccountPage>
  )
}
