import { RemixBrowser } from '@remix-run/react'
import { startTransition, StrictMode } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { installBackgroundRequests } from './live/background-requests'

installBackgroundRequests()
ignoreInterruptedAnswers()

startTransition(() => {
  hydrateRoot(
    document,
    <StrictMode>
      <RemixBrowser />
    </StrictMode>,
  )
})

/**
 * Lets nobody hear of an answer that was given up on purpose. Remix shows a page as soon as its data
 * has come, and leaves the end of the answer to itself; whoever goes on to another page in that
 * moment interrupts it, which is no error to be reported.
 */
function ignoreInterruptedAnswers() {
  window.addEventListener('unhandledrejection', (event) => {
    const { reason } = event as { reason: unknown }
    if (reason instanceof DOMException && reason.name === 'AbortError') event.preventDefault()
  })
}
