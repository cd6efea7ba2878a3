import { useEffect, useRef, useState } from 'react'
import { Notice } from './notice'
import { useToast } from './toaster'
import type { ToastMessage } from './toaster'

/**
 * Says what a form did. A message that came with the page itself (no JavaScript, or a full load)
 * stands in the page as a notice; one that arrives later is shown as a toast. Pass the same object
 * as long as it is the same message, such as `actionData.message`.
 */
export function Outcome({ message }: { message: ToastMessage | null | undefined }) {
  const toast = useToast()
  const [arrived] = useState(message)
  const said = useRef(message)

  useEffect(() => {
    if (!message || message === said.current) return
    said.current = message
    toast(message)
  }, [message, toast])

  if (!message || message !== arrived) return null
  return (
    <Notice tone={message.tone ?? 'success'} title={message.title}>
      {message.detail}
    </Notice>
  )
}
