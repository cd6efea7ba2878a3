import { useEffect, useRef } from 'react'
import { Notice } from '../frame/notice'
import { askForPasskey } from './ceremonies'
import { usePasskeyPress, usePasskeySupport } from './use-passkeys'

/**
 * Lets a form be sent with what a passkey says: the browser asks for it when the form is sent, by the
 * form's own button and whatever that sends along. So nothing more is to be pressed, and a form that
 * came too late is sent as it stands. Does nothing before scripts run; see WithoutPasskeys.
 */
export function PasskeyField({
  name,
  optionsFrom,
  unless,
  error,
}: {
  name: string
  /** Null where browsers know no passkeys at our address. */
  optionsFrom: string | null
  /** The field in whose place a passkey may be used: it is not asked for when that is filled in. */
  unless?: string
  error?: string | undefined
}) {
  const field = useRef<HTMLInputElement>(null)
  const button = useRef<HTMLElement | null>(null)
  const isSending = useRef(false)
  const isSupported = usePasskeySupport() && optionsFrom !== null
  const { press, isAsking, problem } = usePasskeyPress(() => askForPasskey(optionsFrom ?? ''), send)

  function hold(event: SubmitEvent) {
    if (isSending.current) return
    const form = event.currentTarget as HTMLFormElement
    if (unless !== undefined && new FormData(form).get(unless) !== '') return
    event.preventDefault()
    if (isAsking) return
    button.current = event.submitter
    press()
  }

  function send(answer: string) {
    const { current } = field
    if (!current?.form) return
    current.value = answer
    isSending.current = true
    try {
      current.form.requestSubmit(button.current)
    } finally {
      isSending.current = false
      // What it said is good once.
      current.value = ''
    }
  }

  useEffect(() => {
    const form = field.current?.form
    if (!form || !isSupported) return
    form.addEventListener('submit', hold)
    return () => form.removeEventListener('submit', hold)
  })

  const wrong = isAsking ? null : (problem ?? error)
  return (
    <>
      <input type="hidden" name={name} defaultValue="" ref={field} />
      {wrong && <Notice tone="danger" title={wrong} />}
      {isAsking && <Notice title="Waiting for your passkey …" />}
    </>
  )
}
