import { Form } from '@remix-run/react'
import { DoubleCheckButton } from '../controls/double-check-button'
import { Field } from '../controls/field'
import { FormActions, FormStack } from '../controls/form'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'

type Props = { username: string | undefined; error: string | undefined; isRequired?: boolean }

/** The name by which applications know a person, as an administrator types it. */
export function UsernameField({ username, error, isRequired = false }: Props) {
  return (
    <Field
      label="Username"
      name="username"
      autoComplete="off"
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
      required={isRequired}
      maxLength={39}
      hint={
        isRequired
          ? 'Letters from a to z, digits, “.”, “_” and “-”.'
          : 'Applications know the person by it: letters from a to z, digits, “.”, “_” and “-”. Left empty, it is made from the e-mail address.'
      }
      defaultValue={username}
      error={error}
    />
  )
}

/** Another username for a person: what they have in applications may stay with the one from before. */
export function ChangeUsername({ username, error }: Props) {
  return (
    <Panel
      heading="In applications"
      description="Applications know this person by their username, who can also sign in with it. Under another one, applications may take them for somebody new: what they have there may be lost to them."
    >
      <Form method="post" key={username}>
        <FormToken />
        <FormStack>
          <UsernameField username={username} error={error} isRequired />
          <FormActions>
            <DoubleCheckButton
              tone="default"
              label="Change username"
              name="intent"
              value="change-username"
            />
          </FormActions>
        </FormStack>
      </Form>
    </Panel>
  )
}
