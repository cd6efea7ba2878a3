import { Form } from '@remix-run/react'
import { FormActions, FormStack, SubmitButton } from '../controls/form'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'
import { UserFields } from './person-fields'

/** Name, address and role of a user. A changed role acts on the next request. */
export function EditUser({
  user,
  errors,
}: {
  user: Partial<Record<string, string>>
  errors: Partial<Record<string, string>>
}) {
  return (
    <Panel heading="Account" description="A changed role is in force at once, in open pages too.">
      <Form method="post" key={`${user.name} ${user.email} ${user.role}`}>
        <FormToken />
        <FormStack>
          <UserFields user={user} errors={errors} />
          <FormActions>
            <SubmitButton name="intent" value="edit">
              Save
            </SubmitButton>
          </FormActions>
        </FormStack>
      </Form>
    </Panel>
  )
}
