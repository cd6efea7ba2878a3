import Eye from 'lucide-react/icons/eye'
import EyeOff from 'lucide-react/icons/eye-off'
import { useId, useState } from 'react'
import { classes } from '../display/classes'
import { controlLook, FieldAside, FieldLabel } from './field'
import type { FieldProps } from './field'
import { describe, FieldErrors, FieldHint } from './field-messages'
import { useHydrated } from './use-hydrated'

/**
 * A password input with a button that shows what was typed (only with JavaScript). Pasting and
 * password managers work; what was typed is never put back into a page by the server.
 */
export function PasswordField({
  label,
  hint,
  error,
  blamedBy,
  aside,
  className,
  autoComplete = 'current-password',
  defaultValue: _neverSentBack,
  ...input
}: FieldProps & { autoComplete?: 'current-password' | 'new-password' }) {
  const hydrated = useHydrated()
  const [shown, setShown] = useState(false)
  const controlId = useId()
  const { hintId, errorId, attributes } = describe({ id: controlId, hint, error, blamedBy })
  return (
    <div className={classes('relative', className)}>
      <FieldLabel htmlFor={controlId}>{label}</FieldLabel>
      <div className="relative">
        <input
          {...input}
          {...attributes}
          // Of what may be wrong, this is what has to be typed again.
          {...(blamedBy && { autoFocus: true, 'data-type-again': true })}
          id={controlId}
          type={shown ? 'text' : 'password'}
          autoComplete={autoComplete}
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          className={classes(controlLook, 'pr-12')}
        />
        {hydrated && (
          <button
            type="button"
            aria-pressed={shown}
            aria-label="Show password"
            aria-controls={controlId}
            title={shown ? 'Hide password' : 'Show password'}
            onClick={() => setShown(!shown)}
            className="absolute inset-y-0 right-0 grid w-11 place-items-center rounded-control text-soft hover:text-ink"
          >
            {shown ? (
              <EyeOff aria-hidden="true" className="size-4.5" />
            ) : (
              <Eye aria-hidden="true" className="size-4.5" />
            )}
          </button>
        )}
      </div>
      <FieldErrors id={errorId} error={error} />
      <FieldHint id={hintId}>{hint}</FieldHint>
      <FieldAside>{aside}</FieldAside>
    </div>
  )
}
