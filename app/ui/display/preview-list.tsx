import type { ReactNode } from 'react'

export type PreviewItem = {
  /** A lucide icon element. */
  icon?: ReactNode
  label: ReactNode
  detail?: ReactNode
}

/** What will happen before a person agrees to it: "3 sessions will end", one line each. */
export function PreviewList({ items }: { items: readonly PreviewItem[] }) {
  return (
    <ul className="divide-y divide-line rounded-control border border-line">
      {items.map((item, index) => (
        <li key={index} className="flex items-start gap-3 px-4 py-3">
          {item.icon && (
            <span aria-hidden="true" className="mt-0.5 text-soft [&_svg]:size-4.5">
              {item.icon}
            </span>
          )}
          <div className="min-w-0 wrap-anywhere">
            <p className="font-medium">{item.label}</p>
            {item.detail && <div className="text-sm text-soft">{item.detail}</div>}
          </div>
        </li>
      ))}
    </ul>
  )
}
