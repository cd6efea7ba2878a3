/**
 * Keeps the focus near a form that was sent when what had it goes away with the answer, as the row of a
 * session does that is ended there: whoever has no mouse would otherwise begin again at the top of the
 * page. It goes to the line beside the one that is gone, where somebody goes on who works through a list;
 * with no line left, to the heading above it. Whoever moves it meanwhile keeps it where they moved it.
 */
export function keepFocus(form: Element) {
  const focused = document.activeElement
  if (!focused || !form.contains(focused)) return
  // Under a finger or a mouse, the page stays where it is.
  const preventScroll = !focused.matches(':focus-visible')
  const places = [...linesBeside(focused), focused.closest('section')?.querySelector('h2')]
  const watch = new MutationObserver(() => {
    if (!isLost(focused)) return
    stop()
    const place = places.find((one) => one?.isConnected && one.checkVisibility())
    place?.setAttribute('tabindex', '-1')
    place?.focus({ preventScroll })
  })
  const stop = () => {
    watch.disconnect()
    document.removeEventListener('focusin', stop)
  }
  watch.observe(document.body, { attributeFilter: ['disabled'], childList: true, subtree: true })
  document.addEventListener('focusin', stop)
}

/** The lines of its list before that of the element, the nearest first, and then those after it. */
function linesBeside(element: Element): HTMLElement[] {
  const own = element.closest('li')
  const part = element.closest('section')
  if (!own || !part?.contains(own)) return []
  // Facts in a row are a list as well, but of words alone; and so are messages.
  const selector = 'li:has(a, button, summary):not([data-toast])'
  const lines = [...part.querySelectorAll<HTMLElement>(selector)]
  const at = lines.indexOf(own)
  return [...lines.slice(0, at).reverse(), ...lines.slice(at + 1)].filter(
    (line) => !line.contains(own) && !own.contains(line),
  )
}

const isLost = (element: Element) => !element.isConnected || element.matches(':disabled')
