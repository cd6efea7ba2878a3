import { RemixBrowser } from '@remix-run/react'
import { startTransition, StrictMode } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { installBackgroundMark } from './live/background-requests'
import { ignoreInterruptedAnswers } from './ui/frame/interrupted-answers'

installBackgroundMark()
ignoreInterruptedAnswers()

startTransition(() => {
  hydrateRoot(
    document,
    <StrictMode>
      <RemixBrowser />
    </StrictMode>,
  )
})
