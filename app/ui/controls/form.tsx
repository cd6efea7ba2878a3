import { useNavigation } from '@remix-run/react'
import type { ReactNode } from 'react'
import { Button, type ButtonProps } from './button'
import { ProofOfForm } from './proof-field'

/** The fields of a form, one under the other, at a width that reads well. */
export function FormStack({ children }: { children: ReactNode }) {
  return <div className="grid max-w-md gap-4.5">{children}</div>
}

/** The buttons that end a form, the main one first. */
export function FormActions({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap items-center gap-2 pt-1">{children}</div>
}

/**
 * A submit button that shows by itself that its form is on the way. `pendingWhen` names the form
 * values that tell this button's form from the others of the page; by default the button's own name
 * and value, and any form when it has none. By the same it is the button of the form that came too
 * late: the field for the proof stands above it then.
 */
export function SubmitButton({
  pendingWhen,
  ...rest
}: ButtonProps & { pendingWhen?: Record<string, string> }) {
  const own = rest.name && rest.value !== undefined ? { [rest.name]: String(rest.value) } : {}
  const pending = usePending(pendingWhen ?? own)
  return (
    <>
      <ProofOfForm fields={{ ...own, ...pendingWhen }} />
      <Button pending={pending} {...rest} type="submit" />
    </>
  )
}

/**
 * True while a form of this page is being sent and answered. With `fields`, only for the form that
 * was sent with all of these values: `usePending({ intent: 'sign-out-of-session', sessionId: id })`.
 */
function usePending(fields: Record<string, string> = {}) {
  const { state, formData } = useNavigation()
  if (state === 'idle' || !formData) return false
  return Object.entries(fields).every(([name, value]) => formData.getAll(name).includes(value))
}
