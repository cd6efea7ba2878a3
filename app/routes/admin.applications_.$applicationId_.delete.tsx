import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, useLoaderData } from '@remix-run/react'
import AppWindow from 'lucide-react/icons/app-window'
import KeyRound from 'lucide-react/icons/key-round'
import LogIn from 'lucide-react/icons/log-in'
import { noSuchApplication, refuseApplication } from '~/web/application-forms'
import { isConfirmed } from '~/web/confirmation'
import { readSignedForm } from '~/web/forms'
import { requireAdmin } from '~/web/guards'
import { pluralize, removedQuery } from '~/web/messages'
import { provenAs } from '~/web/step-up'
import { titled } from '~/ui/frame/site'
import { ButtonLink } from '~/ui/controls/button'
import { DoubleCheckButton } from '~/ui/controls/double-check-button'
import { FormActions } from '~/ui/controls/form'
import { useFormAnswer } from '~/ui/controls/use-form-answer'
import { PreviewList, type PreviewItem } from '~/ui/display/preview-list'
import { AccountPage } from '~/ui/frame/account-page'
import { Notice } from '~/ui/frame/notice'
import { FormToken } from '~/ui/frame/page-context'
import { Panel } from '~/ui/frame/panel'

export { clientAction } from '~/ui/controls/client-action'

export const meta = titled('Remove application')

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  await requireAdmin(request, context)
  const { applications } = context.services
  const application = await applications.find(params.applicationId ?? '')
  if (!application) throw noSuchApplication()
  const { id, name, address } = application
  return { id, name, address, ...(await applications.preview(id)) }
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const viewer = await requireAdmin(request, context)
  const form = await readSignedForm(request, context)
  // This page is the question.
  if (!isConfirmed(form)) return null
  const { applications } = context.services
  const result = await applications.remove(
    await provenAs(viewer, form, context),
    params.applicationId ?? '',
  )
  if (!result.ok) return refuseApplication({ request, context, form }, result)
  return redirect(`/admin/applications?${removedQuery(result.went, result.receipt)}`)
}

/** A line for so many of what the label names, and none for none. */
const unlessNone = (count: number, item: PreviewItem & { label: string }): PreviewItem[] =>
  count === 0 ? [] : [{ ...item, label: pluralize(count, item.label) }]

export default function RemoveApplication() {
  const { id, name, address, signIns, tokens } = useLoaderData<typeof loader>()
  const { problem } = useFormAnswer()
  return (
    <AccountPage title={`Remove ${name}`}>
      {problem && <Notice tone="danger" title={problem} />}
      <Panel
        heading="What will be deleted"
        description="At once and for good; nobody can bring it back."
      >
        <PreviewList
          items={[
            { icon: <AppWindow />, label: name, detail: address },
            ...unlessNone(signIns, {
              icon: <LogIn />,
              label: 'sign-in',
              detail: 'These browsers stay signed in to Latchkey.',
            }),
            ...unlessNone(tokens, {
              icon: <KeyRound />,
              label: 'API token',
              detail: 'Made for this application alone.',
            }),
          ]}
        />
      </Panel>
      <Panel
        heading="What stays"
        description={`Your proxy goes on asking, and is told that nobody may use ${name}: people get an error until you take its part out of the configuration. The short name “${id}” is never used again, for another application neither. The audit log keeps a record.`}
        footer={
          <Form method="post">
            <FormToken />
            <FormActions>
              <DoubleCheckButton
                alreadyAsked
                label={`Remove ${name}`}
                name="intent"
                value="remove"
              />
              <ButtonLink to={`/admin/applications/${id}`} tone="quiet">
                Cancel
              </ButtonLink>
            </FormActions>
          </Form>
        }
      />
    </AccountPage>
  )
}
