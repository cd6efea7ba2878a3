import type { ReactNode } from 'react'

/** What stands in place of a list that has nothing in it, and what to do about it. */
export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  icon?: ReactNode
  title: ReactNode
  children?: ReactNode
  action?: ReactNode
}) {
  return (
    <div className="flex flex-col items-center px-5 py-10 text-center">
      {icon && (
        <span
          aria-hidden="true"
          className="mb-3 grid size-11 place-items-center rounded-xl bg-sunken text-soft [&_svg]:size-5"
        >
          {icon}
        </span>
      )}
      <p className="font-medium">{title}</p>
      {children && <div className="mt-1 max-w-[44ch] text-sm text-soft">{children}</div>}
      {action && <div className="mt-4">{action}</div>}
    </div>
  )
}
