import { firstLetter } from '../display/avatar'
import { classes } from '../display/classes'

export type App = { id: string; name: string; address: string }

/** What a person may open, each a link with a letter in a colour of its own. */
export function AppTiles({ apps }: { apps: readonly App[] }) {
  return (
    <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
      {apps.map(({ id, name, address }) => (
        <li key={id} className="min-w-0">
          <a
            href={address}
            className="flex h-full items-center gap-3.5 rounded-panel border border-line bg-panel p-4 shadow-panel hover:border-edge"
          >
            <AppLetter id={id} name={name} />
            <span className="min-w-0">
              <span className="block font-semibold wrap-anywhere">{name}</span>
              <span className="block text-sm text-soft wrap-anywhere">{new URL(address).host}</span>
            </span>
          </a>
        </li>
      ))}
    </ul>
  )
}

/** Decorative: the name is always said in words nearby. */
function AppLetter({ id, name }: { id: string; name: string }) {
  return (
    <span
      aria-hidden="true"
      className={classes(
        'grid size-12 shrink-0 place-items-center rounded-xl text-xl font-semibold text-white select-none',
        colourOf(id),
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
  let sum = 0
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)!) % 65_521
  return COLOURS[sum % COLOURS.length]!
}
