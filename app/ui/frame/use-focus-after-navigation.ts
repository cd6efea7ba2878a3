import { NavigationType, useActionData, useLocation, useNavigationType } from '@remix-run/react'
import { useEffect, useRef } from 'react'
import type { RefObject } from 'react'

/**
 * Moves the focus to the new page's content after a link was followed, as a browser does by itself
 * on a full load; otherwise a screen reader stays silent on the old link. A field of the page that
 * took the focus keeps it. The same when what had the focus is gone after a form or link of the page.
 */
export function useFocusAfterNavigation(content: RefObject<HTMLElement>) {
  const { pathname, key } = useLocation()
  const navigationType = useNavigationType()
  // It comes before the navigation that it belongs to is over.
  const answer = useActionData()
  const shown = useRef<string>()
  useEffect(() => {
    // A form that is answered by its own page is a navigation as well, but leads nowhere.
    const isElsewhere = shown.current !== pathname
    shown.current = pathname
    const target = content.current
    if (!target || (navigationType === NavigationType.Pop && !answer)) return
    // After keep-focus.ts, which hears in a microtask as well of what is gone.
    queueMicrotask(() => {
      const focused = document.activeElement
      if (isElsewhere ? target.contains(focused) : focused !== document.body) return
      target.focus({ preventScroll: true })
    })
  }, [content, navigationType, pathname, key, answer])
}

/**
 * Moves the focus to the first field that the answer to a form finds wrong, or to a password that is to be
 * typed again. What it says of no field
 * stands above the page, and is brought into view.
 */
export function useFocusOnError(content: RefObject<HTMLElement>) {
  const answer = useActionData()
  useEffect(() => {
    if (!answer) return
    const typeAgain = content.current?.querySelector<HTMLInputElement>('[data-type-again]')
    if (typeAgain) {
      typeAgain.focus()
      return typeAgain.select()
    }
    const wrong = content.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
    if (wrong) return wrong.focus()
    content.current?.querySelector(':scope > [role="alert"]')?.scrollIntoView({ block: 'nearest' })
  }, [content, answer])
}
