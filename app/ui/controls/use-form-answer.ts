import { useActionData } from '@remix-run/react'
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
  return { ...NOTHING_SENT, ...useActionData<Partial<FormAnswer>>() }
}
