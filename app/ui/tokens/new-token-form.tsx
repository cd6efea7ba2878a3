import { Form } from '@remix-run/react'
import { useEffect, useId, useRef, useState } from 'react'
import { Checkbox } from '../controls/checkbox'
import { describe, FieldErrors } from '../controls/field-messages'
import { Field } from '../controls/field'
import { FormActions, FormStack, SubmitButton } from '../controls/form'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'
import { SelectField } from '../controls/select'
import { useHydrated } from '../controls/use-hydrated'

/** Name, use and expiry of a token to be made. */
export function NewTokenForm({
  scopes,
  applications,
  errors,
  typed,
}: {
  scopes: readonly { scope: string; words: string }[]
  /** Those that its owner may open. */
  applications: readonly { id: string; name: string }[]
  errors: Partial<Record<string, string>>
  typed: Partial<Record<string, string>>
}) {
  const hydrated = useHydrated()
  const form = useRef<HTMLFormElement>(null)
  const [application, setApplication] = useState<unknown>(typed.application ?? '')
  // What was chosen before the scripts came counts.
  useEffect(() => setApplication(new FormData(form.current!).get('application')), [])
  // Without scripts nothing can take away the scopes when an application is chosen.
  const isForOne = hydrated && applications.some(({ id }) => id === application)
  return (
    <Panel
      heading="New token"
      description="A program uses your account with it, within the permissions you choose."
    >
      <Form method="post" ref={form}>
        <FormToken />
        <FormStack>
          <Field
            label="Name"
            name="name"
            required
            autoComplete="off"
            hint="What is it for?"
            defaultValue={typed.name}
            error={errors.name}
          />
          {(applications.length > 0 || errors.application) && (
            <SelectField
              label="For"
              name="application"
              hint="A token works for one of these."
              defaultValue={typed.application ?? ''}
              onChange={({ currentTarget }) => setApplication(currentTarget.value)}
              options={[
                { value: '', label: 'Latchkey’s API' },
                ...applications.map(({ id, name }) => ({ value: id, label: name })),
              ]}
              error={errors.application}
            />
          )}
          {!isForOne && <Scopes {...{ scopes, typed }} error={errors.scope} />}
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

function Scopes({
  scopes,
  typed,
  error,
}: {
  scopes: readonly { scope: string; words: string }[]
  typed: Partial<Record<string, string>>
  error: string | undefined
}) {
  const { errorId, attributes } = describe({ id: useId(), error })
  const isWrong = attributes['aria-invalid'] === true
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 font-medium">Permissions</legend>
      {scopes.map(({ scope, words }, index) => (
        <Checkbox
          key={scope}
          label={words}
          hint={scope}
          name="scope"
          value={scope}
          defaultChecked={typed.scope?.split(' ').includes(scope)}
          // One of several is enough, so the first stands for all of them.
          {...(index === 0 && isWrong && { blamedBy: errorId, autoFocus: true })}
        />
      ))}
      <FieldErrors id={errorId} error={error} />
    </fieldset>
  )
}

const LIFETIMES = [
  { value: '7', label: 'in 7 days' },
  { value: '30', label: 'in 30 days' },
  { value: '90', label: 'in 90 days' },
  { value: '365', label: 'in a year' },
  { value: 'never', label: 'never' },
]
