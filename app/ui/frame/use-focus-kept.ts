import { useEffect, useRef } from 'react'
import type { FocusEvent, RefObject } from 'react'

type Had = {
  element: HTMLElement
  isByKeyboard: boolean
  /** Where the focus may go instead, the best first. */
  lines: HTMLElement[]
}

/**
 * Keeps the focus in a part of a page when what had it goes away, as the row of a session does that is
 * ended there: whoever has no mouse would otherwise begin again at the top of the page. It goes to the line
 * beside the one that is gone, where somebody goes on who works through a list; with no line left, to the
 * heading.
 */
export function useFocusKept(heading: RefObject<HTMLElement>) {
  const had = useRef<Had | null>(null)

  // After every change of what is in it: none of them says that it takes the focus away.
  useEffect(() => {
    if (!had.current || !isLost(had.current.element)) return
    const { lines, isByKeyboard } = had.current
    had.current = null
    if (!isNowhere(document.activeElement)) return
    focusOn(lines.find(isThere) ?? heading.current, isByKeyboard)
  })

  return {
    onFocus({ target, currentTarget }: FocusEvent<HTMLElement>) {
      const isByKeyboard = target.matches(':focus-visible')
      had.current = { element: target, isByKeyboard, lines: linesBeside(target, currentTarget) }
    },
    onBlur({ target }: FocusEvent<HTMLElement>) {
      // A window that is left keeps its focus; what was left by a press or by Tab is left.
      if (!isLost(target) && document.activeElement !== target) had.current = null
    },
  }
}

function focusOn(target: HTMLElement | null, isByKeyboard: boolean) {
  target?.setAttribute('tabindex', '-1')
  // Under a finger or a mouse, the page stays where it is.
  target?.focus({ preventScroll: !isByKeyboard })
}

/** The lines of the list before it, the nearest first, and then those after it. */
function linesBeside(element: HTMLElement, part: HTMLElement): HTMLElement[] {
  const own = element.closest('li')
  if (!own || !part.contains(own)) return []
  // Facts in a row are a list as well, but of words alone; and so are messages.
  const lines = [...part.querySelectorAll<HTMLElement>('li:has(button, summary):not([data-toast])')]
  const isBefore = (line: Node) =>
    (own.compareDocumentPosition(line) & Node.DOCUMENT_POSITION_PRECEDING) !== 0
  const others = lines.filter((line) => !line.contains(own) && !own.contains(line))
  return [...others.filter(isBefore).reverse(), ...others.filter((line) => !isBefore(line))]
}

const isLost = (element: Element) => !element.isConnected || element.matches(':disabled')
const isThere = (line: HTMLElement) => line.isConnected && line.checkVisibility()
const isNowhere = (focused: Element | null) =>
  !focused || focused === document.body || isLost(focused)
