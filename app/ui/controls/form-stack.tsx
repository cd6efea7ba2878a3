import type { ReactNode } from 'react'

/** The fields of a form, one under the other, at a width that reads well. */
export function FormStack({ children }: { children: ReactNode }) {
  return <div className="grid max-w-md gap-4.5">{children}</div>
}

/** The buttons that end a form, the main one first. */
export function FormActions({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap items-center gap-2 pt-1">{children}</div>
}
