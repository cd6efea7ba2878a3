import { useActionData, useLocation } from '@remix-run/react'
import { useState } from 'react'
import { asSentence } from './field-messages'
import type { ToastMessage } from '../frame/toaster'

/** What a page says about the form that was sent to it. */
export type FormAnswer = {
  /** What it did. */
  message: ToastMessage | null
  /** Why it did nothing, when no single field is to blame. */
  problem: string | null
  /** What is wrong, field by field. */
  errors: Partial<Record<string, string>>
  /** What was typed, to be shown again. Never a password. */
  typed: Partial<Record<string, string>>
}

const NOTHING_SENT: FormAnswer = { message: null, problem: null, errors: {}, typed: {} }

/** The answer of the page's action; empty before anything was sent. */
export function useFormAnswer(): FormAnswer {
  const answer = { ...NOTHING_SENT, ...useLastAnswer<Partial<FormAnswer>>() }
  return { ...answer, problem: answer.problem && asSentence(answer.problem) }
}

/**
 * What the page's action answered, until the person sends another form or goes elsewhere. Remix lets
 * go of it as soon as the page refreshes itself: a new token would be gone before it was copied.
 */
export function useLastAnswer<T>(): T | undefined {
  // Each form that is sent makes a new key, once its answer is complete. A refresh keeps it.
  const { key } = useLocation()
  const answer = useActionData<T>() as T | undefined
  const [last, setLast] = useState({ key, answer })
  if (answer === undefined) return last.key === key ? last.answer : undefined
  if (answer !== last.answer || key !== last.key) setLast({ key, answer })
  return answer
}

/**
 * Another text after each form of the page that did what it was sent for. As a key it empties what was
 * typed into that; a form that was refused, or did not reach the server, stays as it is.
 */
export function useLastDone(): string {
  const { key } = useLocation()
  const { message } = useFormAnswer()
  const [last, setLast] = useState('')
  if (message && key !== last) setLast(key)
  return message ? key : last
}
