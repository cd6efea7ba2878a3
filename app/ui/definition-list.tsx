import type { ReactNode } from 'react'

export type Definition = { term: string; detail: ReactNode }

/** Terms and what they are: "E-mail – ada@example.org". */
export function DefinitionList({ items }: { items: readonly Definition[] }) {
  return (
    <dl className="grid gap-x-6 gap-y-0.5 sm:grid-cols-[10rem_1fr] sm:items-baseline sm:gap-y-2.5">
      {items.map(({ term, detail }) => (
        <div key={term} className="mb-2 sm:contents">
          <dt className="text-sm text-soft sm:text-[0.9375rem]">{term}</dt>
          <dd className="min-w-0 wrap-anywhere">{detail}</dd>
        </div>
      ))}
    </dl>
  )
}
