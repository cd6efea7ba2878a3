import { useNavigation } from '@remix-run/react'

/**
 * True while a form of this page is being sent and answered. With `fields`, only for the form that
 * was sent with all of these values: `usePending({ intent: 'sign-out-of-session', sessionId: id })`.
 */
export function usePending(fields: Record<string, string> = {}) {
  const { state, formData } = useNavigation()
  if (state === 'idle' || !formData) return false
  return Object.entries(fields).every(([name, value]) => formData.getAll(name).includes(value))
}
