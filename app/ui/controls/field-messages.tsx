import CircleAlert from 'lucide-react/icons/circle-alert'
import type { ReactNode } from 'react'

/** One message or several, as a form hands them over. */
export type FieldError = string | readonly string[] | null | undefined

/** The ids of a control's hint and error and the attributes for them. */
export function describe({
  id,
  hint,
  error,
  blamedBy,
}: {
  id: string
  hint?: ReactNode
  error?: FieldError
  blamedBy?: string | undefined
}) {
  const hintId = `${id}-description`
  const errorId = `${id}-error`
  const hasError = messages(error).length > 0
  const invalid = hasError || blamedBy !== undefined
  const describedBy = [hasError && errorId, blamedBy, hint != null && hintId]
    .filter(Boolean)
    .join(' ')
  return {
    hintId,
    errorId,
    attributes: {
      'aria-invalid': invalid || undefined,
      'aria-describedby': describedBy || undefined,
      // Where scripts do not run: of several, browsers take the first.
      ...(hasError && { autoFocus: true }),
    },
  }
}

/** The hint under a control. */
export function FieldHint({ id, children }: { id: string; children?: ReactNode }) {
  if (children == null) return null
  return (
    <p id={id} className="mt-1.5 text-sm text-soft">
      {children}
    </p>
  )
}

/** The error under a control. */
export function FieldErrors({ id, error }: { id: string; error: FieldError }) {
  const all = messages(error)
  if (all.length === 0) return null
  return (
    <div id={id} className="mt-1.5 flex gap-1.5 text-sm text-danger">
      <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
      <div>
        {all.map((message) => (
          <p key={message}>{asSentence(message)}</p>
        ))}
      </div>
    </div>
  )
}

/** The rules of a field say what is wrong in words, the page in a sentence. */
export const asSentence = (message: string) => (/[.?!…]$/.test(message) ? message : `${message}.`)

function messages(error: FieldError) {
  if (!error) return []
  return typeof error === 'string' ? [error] : [...new Set(error)]
}
