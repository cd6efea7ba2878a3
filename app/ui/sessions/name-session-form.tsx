import { Form } from '@remix-run/react'
import { useEffect, useRef } from 'react'
import { Field } from '../controls/field'
import { SubmitButton } from '../controls/form'
import { useFormAnswer } from '../controls/use-form-answer'
import { FormToken } from '../frame/page-context'
import { deviceName } from './session-name'
import type { ListedSession } from './session-row'

/** The name that a person gives to the browser of a session of theirs. */
export function NameSessionForm({ session }: { session: ListedSession }) {
  const { errors, typed } = useFormAnswer()
  const wasRefused = useRefusedSession() === session.id
  const form = useShownAsSaved(session.label)
  const ofWhich = <span className="sr-only"> ({deviceName(session)})</span>
  return (
    <Form
      ref={form}
      method="post"
      className="mt-3 mb-2 flex max-w-md flex-wrap items-end gap-2 text-sm"
    >
      <FormToken />
      <input type="hidden" name="sessionId" value={session.id} />
      <Field
        label={<>Name of this device{ofWhich}</>}
        name="label"
        autoComplete="off"
        placeholder="Mum’s tablet"
        className="min-w-0 flex-1 basis-52"
        defaultValue={wasRefused ? typed.label : (session.label ?? '')}
        error={wasRefused ? errors.label : undefined}
      />
      <SubmitButton
        name="intent"
        value="name-session"
        pendingWhen={{ intent: 'name-session', sessionId: session.id }}
      >
        Save name{ofWhich}
      </SubmitButton>
      <p className="basis-full text-[0.8125rem] text-soft">
        You and administrators see it. It stays when you sign in there again.
      </p>
    </Form>
  )
}

/**
 * What was saved takes the place of what was typed. The field itself stays, and with it the focus: whoever
 * pressed Enter in it is still there.
 */
function useShownAsSaved(label: string | null) {
  const form = useRef<HTMLFormElement>(null)
  const shown = useRef(label)
  useEffect(() => {
    if (shown.current === label) return
    shown.current = label
    form.current?.reset()
  }, [label])
  return form
}

/** The id of the session for which a name was sent that is none. */
export function useRefusedSession() {
  const { errors, typed } = useFormAnswer()
  return errors.label && typed.sessionId
}
