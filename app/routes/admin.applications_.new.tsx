import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, useLoaderData } from '@remix-run/react'
import { addApplicationSchema } from '~/applications/schemas'
import { unprocessable } from '~/web/answers'
import { refuseApplication } from '~/web/application-forms'
import { parseForm, readSignedForm } from '~/web/forms'
import { requireAdmin } from '~/web/guards'
import { provenAs } from '~/web/step-up'
import { titled } from '~/ui/frame/site'
import { ApplicationFields } from '~/ui/applications/application-fields'
import { ButtonLink } from '~/ui/controls/button'
import { Field } from '~/ui/controls/field'
import { FormActions, FormStack, SubmitButton } from '~/ui/controls/form'
import { useFormAnswer } from '~/ui/controls/use-form-answer'
import { AccountPage } from '~/ui/frame/account-page'
import { Notice } from '~/ui/frame/notice'
import { FormToken } from '~/ui/frame/page-context'
import { Panel } from '~/ui/frame/panel'

export { clientAction } from '~/ui/controls/client-action'

export const meta = titled('Add an application')

export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireAdmin(request, context)
  const groups = await context.services.groups.list()
  return { groups: groups.map(({ id, name, members }) => ({ id, name, members })) }
}

export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireAdmin(request, context)
  const form = await readSignedForm(request, context)
  const parsed = parseForm(form, addApplicationSchema)
  if (!parsed.ok) return unprocessable(parsed)
  const { id, ...fields } = parsed.fields
  const acting = await provenAs(viewer, form, context)
  const result = await context.services.applications.add(acting, id, fields)
  if (!result.ok) return refuseApplication({ request, context, form }, result)
  return redirect(`/admin/applications/${id}?added=1`)
}

export default function NewApplication() {
  const { groups } = useLoaderData<typeof loader>()
  const { problem, errors, typed } = useFormAnswer()
  const isTyped = 'address' in typed
  return (
    <AccountPage title="Add an application">
      <Panel
        heading="Which application is it?"
        description="Afterwards you get the configuration of your proxy, filled in. Until that is in place nothing changes for anybody."
      >
        <Form method="post">
          <FormToken />
          <FormStack>
            {problem && <Notice tone="danger" title={problem} />}
            <Field
              label="Name"
              name="name"
              required
              autoComplete="off"
              placeholder="Wiki"
              defaultValue={typed.name}
              error={errors.name}
            />
            <Field
              label="Short name"
              name="id"
              required
              maxLength={40}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              placeholder="wiki"
              hint="Small letters, digits and hyphens. It stands in the configuration of your proxy and cannot be changed."
              defaultValue={typed.id}
              error={errors.id}
            />
            <ApplicationFields
              values={isTyped ? typed : DEFAULTS}
              groups={groups}
              errors={errors}
            />
            <FormActions>
              <SubmitButton tone="primary" name="intent" value="add-application">
                Add application
              </SubmitButton>
              <ButtonLink to="/admin/applications" tone="quiet">
                Cancel
              </ButtonLink>
            </FormActions>
          </FormStack>
        </Form>
      </Panel>
    </AccountPage>
  )
}

/** Who may use it is to be chosen, not overlooked. */
const DEFAULTS: Partial<Record<string, string>> = {}
