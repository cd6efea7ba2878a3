import { Form } from '@remix-run/react'
import { ButtonLink } from '../controls/button'
import { Field } from '../controls/field'
import { FormActions, FormStack, SubmitButton } from '../controls/form'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'
import type { GroupChoice } from './access-fields'
import { ApplicationFields } from './application-fields'

type Texts = Partial<Record<string, string>>

export type EditedApplication = {
  id: string
  name: string
  address: string
  forEverybody: boolean
  groups: readonly { id: string }[]
  publicPaths: readonly string[]
  moreOrigins: readonly string[]
  assertion: boolean
  upstream: string | null
}

/** The settings of an application, and the way to remove it. */
export function EditApplication({
  application,
  groups,
  errors,
  typed,
}: {
  application: EditedApplication
  groups: readonly GroupChoice[]
  errors: Texts
  typed: Texts
}) {
  const { id, name } = application
  const values = 'address' in typed ? typed : asTyped(application)
  return (
    <>
      <Panel
        heading="Settings"
        description="Applies immediately. Whoever may no longer use it is signed out of it."
      >
        <Form method="post" key={JSON.stringify(values)}>
          <FormToken />
          <FormStack>
            <Field
              label="Short name"
              name="shownId"
              readOnly
              value={id}
              hint="It stands in the configuration of your proxy and cannot be changed."
            />
            <Field
              label="Name"
              name="name"
              required
              autoComplete="off"
              defaultValue={values.name}
              error={errors.name}
            />
            <ApplicationFields values={values} groups={groups} errors={errors} />
            <FormActions>
              <SubmitButton name="intent" value="edit">
                Save
              </SubmitButton>
            </FormActions>
          </FormStack>
        </Form>
      </Panel>
      <Panel
        heading="Remove"
        description="For good, with every sign-in at it. You see first what will be deleted."
        actions={
          <ButtonLink to={`/admin/applications/${id}/delete`} tone="danger">
            Remove {name}…
          </ButtonLink>
        }
      />
    </>
  )
}

/** As the form would send it. */
const asTyped = ({
  publicPaths,
  moreOrigins,
  groups,
  ...application
}: EditedApplication): Texts => ({
  name: application.name,
  address: application.address,
  upstream: application.upstream ?? '',
  access: application.forEverybody ? 'everybody' : 'groups',
  group: groups.map(({ id }) => id).join(' '),
  publicPaths: publicPaths.join('\n'),
  moreOrigins: moreOrigins.join('\n'),
  ...(application.assertion && { assertion: 'on' }),
})
