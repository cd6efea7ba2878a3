import { Form } from '@remix-run/react'
import { DoubleCheckButton } from '../controls/double-check-button'
import { Field } from '../controls/field'
import { FormActions, FormStack, SubmitButton } from '../controls/form'
import { TextLinks } from '../controls/text-link'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'

/** The name of a group. */
export function RenameGroup({ name, error }: { name: string; error: string | undefined }) {
  return (
    <Panel
      heading="Name"
      description="Applications are told the new one from the next request on. Some keep rights by name."
    >
      <Form method="post" key={name}>
        <FormToken />
        <FormStack>
          <Field
            label="Name"
            name="name"
            required
            autoComplete="off"
            defaultValue={name}
            error={error}
          />
          <FormActions>
            <SubmitButton name="intent" value="rename">
              Save name
            </SubmitButton>
          </FormActions>
        </FormStack>
      </Form>
    </Panel>
  )
}

/** Which applications a group opens, and what its removal takes. */
export function OpenedApplications({
  applications,
}: {
  applications: readonly { id: string; name: string }[]
}) {
  return (
    <Panel
      heading="What it opens"
      description={
        applications.length > 0
          ? 'Which groups may use an application is said on its page.'
          : 'Nothing yet. Which groups may use an application is said on its page, under Applications.'
      }
    >
      {applications.length > 0 && (
        <TextLinks
          links={applications.map(({ id, name }) => ({
            to: `/admin/applications/${id}`,
            text: name,
          }))}
        />
      )}
    </Panel>
  )
}

export function RemoveGroup({ whatGoes }: { whatGoes: string }) {
  return (
    <Panel
      heading="Remove"
      description={whatGoes}
      actions={
        <Form method="post">
          <FormToken />
          <DoubleCheckButton label="Remove group" name="intent" value="remove-group" />
        </Form>
      }
    />
  )
}
