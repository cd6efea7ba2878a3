import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, useLoaderData } from '@remix-run/react'
import DoorOpen from 'lucide-react/icons/door-open'
import KeyRound from 'lucide-react/icons/key-round'
import MonitorSmartphone from 'lucide-react/icons/monitor-smartphone'
import UserRound from 'lucide-react/icons/user-round'
import { deleteAccountSchema } from '~/accounts/users/schemas'
import { signedOut, refused, tooManyAttempts, unprocessable } from '~/web/answers'
import { isConfirmed } from '~/web/confirmation'
import { parseForm, readSignedForm, refuseFields } from '~/web/forms'
import { requireViewer, signInPath } from '~/web/guards'
import { pluralize, retentionInWords } from '~/web/messages'
import { provenAs } from '~/web/step-up'
import { titled } from '~/ui/frame/site'
import { AccountPage } from '~/ui/frame/account-page'
import { ButtonLink } from '~/ui/controls/button'
import { DoubleCheckButton } from '~/ui/controls/double-check-button'
import { FormActions, FormStack } from '~/ui/controls/form'
import { Notice } from '~/ui/frame/notice'
import { FormToken } from '~/ui/frame/page-context'
import { Panel } from '~/ui/frame/panel'
import { PasswordField } from '~/ui/controls/password-field'
import { PreviewList } from '~/ui/display/preview-list'
import { useFormAnswer } from '~/ui/controls/use-form-answer'
import { UsernameHint } from '~/ui/controls/email-field'
import { deletedFactors } from '~/ui/security/deleted-factors'

export { clientAction } from '~/ui/controls/client-action'

export const meta = titled('Delete my account')

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { user } = await requireViewer(request, context)
  const [sessions, apiTokens, signIns, own, isLastAdministrator] = await Promise.all([
    context.services.sessions.countActive({ userId: user.id }),
    context.services.ownAccount.countTokens({ userId: user.id }),
    context.services.ownAccount.countSignIns({ userId: user.id }),
    context.services.findUser(user.id),
    context.services.isLastAdministrator(user.id),
  ])
  const auditKeeps = retentionInWords(context.services.auditRetention)
  const { passkeys = 0, authenticator = false, recoveryCodes = 0 } = own ?? {}
  const factors = { passkeys, authenticator, recoveryCodes }
  const counts = { sessions, apiTokens, signIns, factors }
  return { email: user.email, ...counts, auditKeeps, isLastAdministrator }
}

export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const form = await readSignedForm(request, context)
  const parsed = parseForm(form, deleteAccountSchema)
  if (!parsed.ok) return unprocessable(parsed)
  // This page is the question.
  if (!isConfirmed(form)) return null

  const acting = await provenAs(viewer, form, context)
  const result = await context.services.ownAccount.deleteAccount(acting, parsed.fields)
  if (result.ok) return signedOut('account-deleted', context)
  if (result.code === 'SESSION_ENDED') throw redirect(signInPath(request, context))
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  if (result.code === 'LAST_ADMIN') {
    return refused(ONLY_ADMINISTRATOR)
  }
  return unprocessable(
    refuseFields(form, deleteAccountSchema, {
      currentPassword: 'That is not your current password.',
    }),
  )
}

const ONLY_ADMINISTRATOR = 'You are the only administrator. Make somebody else one first.'

export default function DeleteAccount() {
  const { email, sessions, apiTokens, signIns, ...more } = useLoaderData<typeof loader>()
  const { factors, auditKeeps, isLastAdministrator } = more
  const { problem, errors } = useFormAnswer()
  if (isLastAdministrator) {
    return (
      <AccountPage title="Delete my account">
        <Notice tone="danger" title={ONLY_ADMINISTRATOR} />
        <ButtonLink to="/admin/users">Go to the users</ButtonLink>
      </AccountPage>
    )
  }
  return (
    <AccountPage title="Delete my account">
      <Panel
        heading="What will be deleted"
        description="It goes at once and for good; nobody can bring it back."
      >
        <PreviewList
          items={[
            { icon: <UserRound />, label: 'Your account', detail: email },
            {
              icon: <MonitorSmartphone />,
              label: pluralize(sessions, 'session'),
              detail: 'Every browser is signed out, this one too.',
            },
            ...(apiTokens === 0
              ? []
              : [
                  {
                    icon: <KeyRound />,
                    label: pluralize(apiTokens, 'API token'),
                    detail: 'Programs that use them are refused.',
                  },
                ]),
            ...deletedFactors(factors),
            ...(signIns === 0
              ? []
              : [
                  {
                    icon: <DoorOpen />,
                    label: pluralize(signIns, 'sign-in'),
                    detail: 'At applications, which refuse those browsers.',
                  },
                ]),
          ]}
        />
      </Panel>
      <Panel
        heading="What stays"
        description={`The audit log keeps a record, which administrators read: what you did and what was done to your account, with your name, e-mail address, username and network addresses: each entry for ${auditKeeps} from when it was written.`}
      />
      <Panel heading="Delete your account?">
        <Form method="post" reloadDocument>
          <FormToken />
          <UsernameHint />
          <FormStack>
            {problem && <Notice tone="danger" title={problem} />}
            <PasswordField
              label="Current password"
              name="currentPassword"
              required
              error={errors.currentPassword}
            />
            <FormActions>
              <DoubleCheckButton
                alreadyAsked
                label="Delete my account"
                name="intent"
                value="delete"
              />
              <ButtonLink to="/profile" tone="quiet">
                Cancel
              </ButtonLink>
            </FormActions>
          </FormStack>
        </Form>
      </Panel>
    </AccountPage>
  )
}
