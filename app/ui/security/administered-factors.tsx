import { Form } from '@remix-run/react'
import { DoubleCheckButton } from '../controls/double-check-button'
import { SubmitButton } from '../controls/form'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'

type Factors = {
  authenticator: boolean
  passkeys: number
  recoveryCodes: number
  linkToAddFactor: boolean
}

/** Which second factors somebody has, and the way to take them away from who lost them all. */
export function AdministeredFactors({ factors }: { factors: Factors }) {
  const { authenticator, passkeys, linkToAddFactor } = factors
  return (
    <Panel
      heading="Second factors"
      description={inWords(factors)}
      actions={
        <Form method="post">
          <FormToken />
          {authenticator || passkeys > 0 ? (
            <DoubleCheckButton label="Remove second factors" name="intent" value="remove-factors" />
          ) : (
            linkToAddFactor && (
              <SubmitButton name="intent" value="factor-link">
                New link to set one up
              </SubmitButton>
            )
          )}
        </Form>
      }
    />
  )
}

function inWords({ authenticator, passkeys, recoveryCodes, linkToAddFactor }: Factors): string {
  const factors = [
    authenticator && 'an authenticator app',
    passkeys > 0 && (passkeys === 1 ? '1 passkey' : `${passkeys} passkeys`),
  ].filter(Boolean)
  if (factors.length > 0) {
    const codes =
      recoveryCodes === 1 ? '1 recovery code' : `${recoveryCodes || 'no'} recovery codes`
    return `Has ${factors.join(' and ')}, and ${codes}. Remove them for somebody who lost them all: they are signed out everywhere.`
  }
  return linkToAddFactor
    ? 'They were removed. To set up another one this person needs a link from you, besides the password.'
    : 'None. A password alone is enough to sign in.'
}
