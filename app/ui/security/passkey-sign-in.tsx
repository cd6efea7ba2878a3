import { useSubmit } from '@remix-run/react'
import KeyRound from 'lucide-react/icons/key-round'
import { useCallback, useRef } from 'react'
import { Button } from '../controls/button'
import { UNTIL_HYDRATED } from '../controls/use-hydrated'
import { classes } from '../display/classes'
import { Notice } from '../frame/notice'
import { usePasskeySignIn } from './use-passkeys'

/**
 * The button of a sign-in form by which people come in without it. It stands in that form, whose other
 * fields are sent along, and is there once the page's scripts run.
 */
export function PasskeySignIn({ optionsFrom }: { optionsFrom: string }) {
  const submit = useSubmit()
  const place = useRef<HTMLDivElement>(null)
  const send = useCallback(
    (passkey: string) => {
      const form = place.current?.closest('form')
      if (!form) return
      const sent = new FormData(form)
      for (const name of ['email', 'password']) sent.delete(name)
      sent.set('passkey', passkey)
      submit(sent, { method: 'post' })
    },
    [submit],
  )
  const { press, isAsking, problem, isSupported } = usePasskeySignIn(optionsFrom, send)
  return (
    <div ref={place} className={classes('grid gap-4.5', !isSupported && UNTIL_HYDRATED)}>
      <Button type="button" wide icon={<KeyRound />} pending={isAsking} onClick={press}>
        Use a passkey
      </Button>
      {problem && <Notice tone="danger" title={problem} />}
    </div>
  )
}
