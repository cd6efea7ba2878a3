import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, useLoaderData } from '@remix-run/react'
import AppWindow from 'lucide-react/icons/app-window'
import DoorOpen from 'lucide-react/icons/door-open'
import KeyRound from 'lucide-react/icons/key-round'
import MonitorSmartphone from 'lucide-react/icons/monitor-smartphone'
import UserRound from 'lucide-react/icons/user-round'
import { ifPossible, refused } from '~/web/answers'
import { isConfirmed } from '~/web/confirmation'
import { deletedQuery, pluralize, retentionInWords } from '~/web/messages'
import { readSignedForm } from '~/web/forms'
import { requireAdmin, signInPath } from '~/web/guards'
import { noSuchUser } from '~/web/person-forms'
import { provenAs } from '~/web/step-up'
import { titled } from '~/ui/frame/site'
import { AccountPage } from '~/ui/frame/account-page'
import { ButtonLink } from '~/ui/controls/button'
import { DoubleCheckButton } from '~/ui/controls/double-check-button'
import { Notice } from '~/ui/frame/notice'
import { FormActions } from '~/ui/controls/form'
import { FormToken } from '~/ui/frame/page-context'
import { Panel } from '~/ui/frame/panel'
import { PreviewList, type PreviewItem } from '~/ui/display/preview-list'
import { useFormAnswer } from '~/ui/controls/use-form-answer'
import { deletedFactors } from '~/ui/security/deleted-factors'

export { clientAction } from '~/ui/controls/client-action'

export const meta = titled('Delete user')

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  await requireAdmin(request, context)
  const user = await context.services.findUser(params.userId ?? '')
  if (!user) throw noSuchUser()
  const { id, name, email, activeSessions, apiTokens, applicationSignIns } = user
  const { passkeys, authenticator, recoveryCodes } = user
  const factors = { passkeys, authenticator, recoveryCodes }
  const auditKeeps = retentionInWords(context.services.auditRetention)
  const openTabs = (await ifPossible(context.openTabs(id), context)) ?? 0
  const counts = { activeSessions, apiTokens, applicationSignIns, openTabs }
  return { id, name, email, ...counts, factors, auditKeeps }
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const viewer = await requireAdmin(request, context)
  const form = await readSignedForm(request, context)
  // This page is the question.
  if (!isConfirmed(form)) return null
  const userId = params.userId ?? ''
  const result = await context.services.access.remove(await provenAs(viewer, form, context), userId)
  if (result.ok) {
    return redirect(`/admin/users?${deletedQuery(result.went, result.receipt, userId)}`)
  }
  if (result.code === 'NO_SUCH_USER') throw noSuchUser()
  if (result.code === 'NOT_ALLOWED') throw redirect(signInPath(request, context))
  return refused(REFUSALS[result.code])
}

const REFUSALS = {
  LAST_ADMIN: 'This is the only administrator. Make somebody else one first.',
  OWN_ACCOUNT: 'This is your own account. You can delete it on your profile.',
}

/** A line for so many of what the label names, and none for none. */
const unlessNone = (count: number, item: PreviewItem & { label: string }): PreviewItem[] =>
  count === 0 ? [] : [{ ...item, label: pluralize(count, item.label) }]

export default function DeleteUser() {
  const { id, name, email, activeSessions, apiTokens, ...more } = useLoaderData<typeof loader>()
  const { applicationSignIns, openTabs, factors, auditKeeps } = more
  const { problem } = useFormAnswer()
  return (
    <AccountPage title={`Delete ${name}`}>
      {problem && <Notice tone="danger" title={problem} />}
      <Panel
        heading="What will be deleted"
        description="At once and for good; nobody can bring it back."
      >
        <PreviewList
          items={[
            { icon: <UserRound />, label: name, detail: email },
            ...unlessNone(activeSessions, { icon: <MonitorSmartphone />, label: 'session' }),
            ...unlessNone(apiTokens, { icon: <KeyRound />, label: 'API token' }),
            ...deletedFactors(factors),
            ...unlessNone(applicationSignIns, {
              icon: <DoorOpen />,
              label: 'sign-in',
              detail: 'At applications, which refuse those browsers.',
            }),
            ...unlessNone(openTabs, {
              icon: <AppWindow />,
              label: 'open tab',
              detail: 'They show that the account was deleted, and nothing else.',
            }),
          ]}
        />
      </Panel>
      <Panel
        heading="What stays"
        description={`The audit log keeps a record: what ${name} did and what was done to the account, with name, e-mail address, username and network addresses: each entry for ${auditKeeps} from when it was written.`}
        footer={
          <Form method="post">
            <FormToken />
            <FormActions>
              <DoubleCheckButton
                alreadyAsked
                label={`Delete ${name}`}
                name="intent"
                value="delete"
              />
              <ButtonLink to={`/admin/users/${id}`} tone="quiet">
                Cancel
              </ButtonLink>
            </FormActions>
          </Form>
        }
      />
    </AccountPage>
  )
}
