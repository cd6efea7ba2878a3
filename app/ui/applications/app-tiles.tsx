import { AppLetter } from '../display/app-letter'

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
            <AppLetter id={id} name={name} className="size-12 rounded-xl text-xl" />
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
