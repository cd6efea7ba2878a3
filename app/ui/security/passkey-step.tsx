import { Form } from '@remix-run/react'
import KeyRound from 'lucide-react/icons/key-round'
import type { ReactNode } from 'react'
import { FormStack, SubmitButton } from '../controls/form'
import { PasskeyField } from './passkey-field'
import { usePasskeySupport } from './use-passkeys'
import { WithoutPasskeys } from './without-passkeys'

/** The form of a step that is taken by a passkey. The button is there once the page's scripts run. */
export function PasskeyStep({
  optionsFrom,
  instead,
  formToken,
  children,
}: {
  /** Null where browsers know no passkeys at our address. */
  optionsFrom: string | null
  /** What whoever cannot use theirs here may do. */
  instead: string
  formToken: ReactNode
  /** What may be chosen besides. */
  children?: ReactNode
}) {
  const canUsePasskey = usePasskeySupport() && optionsFrom !== null
  return (
    <Form method="post">
      {formToken}
      <FormStack>
        <WithoutPasskeys offered={optionsFrom !== null} instead={instead} />
        <PasskeyField name="passkey" optionsFrom={optionsFrom} />
        {canUsePasskey && (
          <>
            {children}
            <SubmitButton tone="primary" wide icon={<KeyRound />} name="intent" value="passkey">
              Use a passkey
            </SubmitButton>
          </>
        )}
      </FormStack>
    </Form>
  )
}
