import { firstLetter } from './avatar'
import { classes } from './classes'

/** The letter of an application, in its colour. Decorative: the name is always said in words nearby. */
export function AppLetter({
  id,
  name,
  className,
}: {
  id: string
  name: string
  /** Its size. */
  className: string
}) {
  return (
    <span
      aria-hidden="true"
      className={classes(
        'grid shrink-0 place-items-center font-semibold text-white select-none',
        colourOf(id),
        className,
      )}
    >
      {firstLetter(name)}
    </span>
  )
}

/** White is easy to read on each of them. */
const COLOURS = [
  'bg-teal-700',
  'bg-indigo-600',
  'bg-rose-700',
  'bg-sky-700',
  'bg-orange-700',
  'bg-violet-700',
  'bg-emerald-700',
  'bg-fuchsia-700',
] as const

/** The same one every time, on every page, and after the application was renamed. */
function colourOf(id: string): string {
  let hash = 0
  for (const letter of id) hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193)
  // The low bits alone would follow the last letters.
  return COLOURS[((hash ^ (hash >>> 15)) >>> 0) % COLOURS.length]!
}
