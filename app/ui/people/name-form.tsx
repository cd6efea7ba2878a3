import { Form } from '@remix-run/react'
import { Field } from '../controls/field'
import { FormActions, FormStack, SubmitButton } from '../controls/form'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'

/** The name that others see. */
export function NameForm({ name, error }: { name: string; error: string | undefined }) {
  return (
    <Panel heading="Name" description="How you appear to other people here.">
      <Form method="post">
        <FormToken />
        <FormStack>
          <Field
            key={name}
            label="Name"
            name="name"
            autoComplete="name"
            required
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

/** A person's own username, which they cannot change. */
export function OwnUsername({ username }: { username: string }) {
  return (
    <Panel
      heading="Username"
      description="Your applications know you by it, and you can sign in with it. An administrator can change it."
    >
      <p className="font-medium wrap-anywhere">{username}</p>
    </Panel>
  )
}
