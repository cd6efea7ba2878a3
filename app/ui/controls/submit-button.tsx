import { Button } from './button'
import type { ButtonProps } from './button'
import { usePending } from './use-pending'

/**
 * A submit button that shows by itself that its form is on the way. `pendingWhen` names the form
 * values that tell this button's form from the others of the page; by default the button's own name
 * and value, and any form when it has none.
 */
export function SubmitButton({
  pendingWhen,
  ...rest
}: ButtonProps & { pendingWhen?: Record<string, string> }) {
  const own = rest.name && rest.value !== undefined ? { [rest.name]: String(rest.value) } : {}
  const pending = usePending(pendingWhen ?? own)
  return <Button pending={pending} {...rest} type="submit" />
}
