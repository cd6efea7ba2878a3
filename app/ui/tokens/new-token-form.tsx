import { Form } from '@remix-run/react'
import { Checkbox } from '../controls/checkbox'
import { Field } from '../controls/field'
import { FormActions, FormStack, SubmitButton } from '../controls/form'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'
import { SelectField } from '../controls/select'

/** Name, scopes and expiry of a token to be made. */
export function NewTokenForm({
  scopes,
  errors,
  typed,
}: {
  scopes: readonly { scope: string; words: string }[]
  errors: Partial<Record<string, string>>
  typed: Partial<Record<string, string>>
}) {
  return (
    <Panel heading="New token" description="Give it only what its program needs.">
      <Form method="post">
        <FormToken />
        <FormStack>
          <Field
            label="Name"
            name="name"
            required
            maxLength={60}
            autoComplete="off"
            hint="What is it for?"
            defaultValue={typed.name}
            error={errors.name}
          />
          <fieldset className="grid gap-2">
            <legend className="mb-1 font-medium">Scopes</legend>
            {scopes.map(({ scope, words }) => (
              <Checkbox
                key={scope}
                label={words}
                hint={scope}
                name="scope"
                value={scope}
                defaultChecked={typed.scope?.split(' ').includes(scope)}
              />
            ))}
            {errors.scope && (
              <p role="alert" className="text-sm text-danger">
                {errors.scope}
              </p>
            )}
          </fieldset>
          <SelectField
            label="Expires"
            name="lifetime"
            defaultValue={typed.lifetime ?? '90'}
            options={LIFETIMES}
            error={errors.lifetime}
          />
          <FormActions>
            <SubmitButton tone="primary" name="intent" value="create-token">
              Create token
            </SubmitButton>
          </FormActions>
        </FormStack>
      </Form>
    </Panel>
  )
}

const LIFETIMES = [
  { value: '7', label: 'in 7 days' },
  { value: '30', label: 'in 30 days' },
  { value: '90', label: 'in 90 days' },
  { value: '365', label: 'in a year' },
  { value: 'never', label: 'never' },
]
