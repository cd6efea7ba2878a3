/** The brand mark, a key on the accent colour. Decorative: the brand's name stands beside it. */
export function BrandMark({ large = false }: { large?: boolean }) {
  return (
    <span
      aria-hidden="true"
      className={
        large
          ? 'grid size-11 shrink-0 place-items-center rounded-xl bg-accent text-accent-ink'
          : 'grid size-7 shrink-0 place-items-center rounded-lg bg-accent text-accent-ink'
      }
    >
      <svg
        className={large ? 'size-6' : 'size-4'}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.2"
        strokeLinecap="round"
      >
        <circle cx="8" cy="15" r="4.5" />
        <path d="M11.5 11.5 20 3m-4 4 3 3" />
      </svg>
    </span>
  )
}
