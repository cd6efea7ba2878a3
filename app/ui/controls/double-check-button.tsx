import { SubmitButton } from './form'
import type { ButtonProps } from './button'
import { classes } from '../display/classes'
import { useDoubleCheck } from './use-double-check'

/**
 * A submit button for what cannot be undone: the first press makes it ask, by the name of the act
 * ("Sign out 9 sessions?"), and the second submits, with the field by which the server knows that it was
 * asked. Both labels share one space, so nothing moves under the pointer. Before scripts run one press submits, without that
 * field, and the server asks by a page.
 */
export function DoubleCheckButton({
  label,
  armedLabel = `${label}?`,
  of,
  alreadyAsked = false,
  tone = 'danger',
  ...rest
}: Omit<ButtonProps, 'children' | 'onClick' | 'onBlur' | 'onKeyDown'> & {
  label: string
  /** What is asked before the second press, by the name of the act. */
  armedLabel?: string
  /** What it acts on, for screen readers, where several buttons look the same. */
  of?: string
  /** For a page that itself is the question: before scripts run, one press on it is enough. */
  alreadyAsked?: boolean
  pendingWhen?: Record<string, string>
}) {
  const { armed, buttonProps } = useDoubleCheck(label)
  const asked = armedLabel.replace(/\?$/, '')
  const ofWhich = of && <span className="sr-only"> {of}</span>
  return (
    <>
      {(armed || alreadyAsked) && <Confirmed />}
      <SubmitButton tone={armed ? 'danger' : tone} {...rest} {...buttonProps}>
        <span className="grid">
          <span className={classes('col-start-1 row-start-1', armed && 'invisible')}>
            {label}
            {ofWhich}
          </span>
          <span className={classes('col-start-1 row-start-1', !armed && 'invisible')}>
            <span className="sr-only">Are you sure? </span>
            {asked}
            {ofWhich}?
          </span>
        </span>
      </SubmitButton>
      <span role="status" className="sr-only">
        {armed &&
          `Are you sure? ${of ? `${asked} ${of}` : asked}? Press again to confirm, Escape to cancel.`}
      </span>
    </>
  )
}

/** Says in a form that the person was asked, and agreed. */
export const Confirmed = () => <input type="hidden" name="confirmed" value="yes" />
