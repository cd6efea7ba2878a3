import { Form } from '@remix-run/react'
import { FormActions, FormStack, SubmitButton } from '../controls/form'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'
import { UserFields } from './person-fields'

/** Name, address and role of a user. A changed role acts on the next request. */
export function EditUser({
  user: { name, email, role, isSelf, isLastAdministrator },
  typed,
  errors,
}: {
  user: {
    name: string
    email: string
    role: string
    /** Whether this is the account of the administrator who looks. */
    isSelf: boolean
    isLastAdministrator: boolean
  }
  typed: Partial<Record<string, string>>
  errors: Partial<Record<string, string>>
}) {
  return (
    <Panel heading="Account" description="A changed role is in force at once, in open pages too.">
      <Form method="post" key={`${name} ${email} ${role}`}>
        <FormToken />
        <FormStack>
          <UserFields
            user={{ name, email, role, ...typed }}
            {...{ errors, isSelf, isLastAdministrator }}
          />
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
