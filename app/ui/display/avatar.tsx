/** A round face with a person's initials. Decorative: the name is always said in words nearby. */
export function Avatar({ name }: { name: string }) {
  return (
    <span
      aria-hidden="true"
      className="grid size-7 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent select-none"
    >
      {initials(name)}
    </span>
  )
}

/** Up to two initials: of the first and the last word of a name, whole characters only. */
export function initials(name: string) {
  const words = name.trim().split(/\s+/)
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return chosen.map((word) => firstLetter(word ?? '')).join('')
}

/** The first character of a name, whole and as a capital. */
export const firstLetter = (name: string) =>
  (Array.from(name.trim())[0] ?? '').toLocaleUpperCase('en')
