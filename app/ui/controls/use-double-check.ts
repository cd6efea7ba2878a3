import { useState } from 'react'
import type { KeyboardEvent, MouseEvent } from 'react'

/**
 * Asks once more before a button does something that cannot be taken back. The first press arms it,
 * the second goes through; leaving the button or pressing Escape takes the first one back. Before
 * scripts run nothing here does, and one press submits.
 *
 * `subject` is what the person agrees to ("Sign out of 3 other sessions"). When it changes while the
 * button is armed, the first press no longer counts: it was an answer to another question.
 */
export function useDoubleCheck(subject: string) {
  const [askedAbout, setAskedAbout] = useState<string | null>(null)
  const armed = askedAbout === subject

  const disarm = () => setAskedAbout(null)

  return {
    armed,
    buttonProps: {
      'data-armed': armed ? '' : undefined,
      onClick(event: MouseEvent<HTMLButtonElement>) {
        const press = pressEffect({ armed, clicksInARow: event.detail })
        if (press === 'goes through') {
          // Once the form was sent, which is at the end of this click: what is in it only while the
          // button is armed has to be in what is sent.
          setTimeout(disarm)
          return
        }
        event.preventDefault()
        if (press === 'asks') {
          // Safari does not focus a clicked button, and without focus there is no blur to disarm.
          event.currentTarget.focus()
          setAskedAbout(subject)
        }
      },
      onBlur: disarm,
      onKeyDown(event: KeyboardEvent<HTMLButtonElement>) {
        const answer = keyEffect({ armed, key: event.key, repeated: event.repeat })
        if (answer !== 'nothing') event.preventDefault()
        if (answer === 'takes back') disarm()
      },
    },
  }
}

/**
 * What a press does. The second click of a double-click (`clicksInARow`, the browser's own count)
 * does nothing: it is a habit, not an answer.
 */
export function pressEffect({ armed, clicksInARow }: { armed: boolean; clicksInARow: number }) {
  if (clicksInARow > 1) return 'nothing'
  return armed ? 'goes through' : 'asks'
}

/** What a key does: Escape takes the first press back, an Enter held down does not confirm. */
export function keyEffect(key: { armed: boolean; key: string; repeated: boolean }) {
  if (key.key === 'Escape' && key.armed) return 'takes back'
  if (key.key === 'Enter' && key.repeated) return 'holds back'
  return 'nothing'
}
