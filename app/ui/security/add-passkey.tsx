import { useSubmit } from '@remix-run/react'
import { Button } from '../controls/button'
import { Notice } from '../frame/notice'
import { failureInWords, makePasskey } from './ceremonies'
import { usePasskeyPress, usePasskeySupport } from './use-passkeys'

/** The button that makes a passkey, once scripts run, and sends it to this page. */
export function AddPasskey({
  optionsFrom,
  formToken,
  wide = false,
}: {
  optionsFrom: string
  formToken: { name: string; value: string } | undefined
  wide?: boolean
}) {
  const isSupported = usePasskeySupport()
  const submit = useSubmit()
  const { press, isAsking, problem } = usePasskeyPress(
    () => makePasskey(optionsFrom),
    (passkey) => {
      const token = formToken && { [formToken.name]: formToken.value }
      submit({ ...token, intent: 'add-passkey', passkey }, { method: 'post' })
    },
    (error) => failureInWords(error, { making: true }),
  )
  return (
    <>
      <noscript>To add a passkey, allow JavaScript for this page.</noscript>
      {isSupported && (
        <Button type="button" wide={wide} pending={isAsking} onClick={press}>
          Add a passkey
        </Button>
      )}
      {problem && (
        <div className="basis-full">
          <Notice tone="danger" title={problem} />
        </div>
      )}
    </>
  )
}
