import type { ReactNode } from 'react'

/** Facts in a row with dots between. A dot that would begin a line falls outside and is cut off. */
export function Facts({ className, children }: { className: string; children: ReactNode[] }) {
  const facts = children.filter(Boolean)
  return (
    <div className={`overflow-hidden text-[0.8438rem] text-soft ${className}`}>
      <ul className="-ml-3.5 flex flex-wrap">
        {facts.map((fact, index) => (
          <li
            key={index}
            className="relative pl-3.5 wrap-anywhere before:absolute before:left-0 before:w-3.5 before:text-center before:content-['·'/'']"
          >
            {fact}
          </li>
        ))}
      </ul>
    </div>
  )
}
