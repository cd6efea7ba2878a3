import { Form } from '@remix-run/react'
import { Field } from '../controls/field'
import { FormActions, FormStack, SubmitButton } from '../controls/form'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'

type Texts = Partial<Record<string, string>>

/** Name and short name of a group to be made. */
export function NewGroupForm({ errors, typed }: { errors: Texts; typed: Texts }) {
  return (
    <Panel heading="New group">
      <Form method="post">
        <FormToken />
        <FormStack>
          <Field
            label="Name"
            name="name"
            required
            autoComplete="off"
            placeholder="Staff"
            hint="What applications are told. It can be changed."
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
            placeholder="staff"
            hint="Small letters, digits and hyphens, for the command line. It cannot be changed."
            defaultValue={typed.id}
            error={errors.id}
          />
          <FormActions>
            <SubmitButton tone="primary" name="intent" value="add-group">
              Add group
            </SubmitButton>
          </FormActions>
        </FormStack>
      </Form>
    </Panel>
  )
}
