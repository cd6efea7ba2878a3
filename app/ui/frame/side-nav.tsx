import { Link, useLocation } from '@remix-run/react'
import ChevronDown from 'lucide-react/icons/chevron-down'
import Menu from 'lucide-react/icons/menu'
import { classes } from '../display/classes'
import { ToastColumn } from './toaster'

export type NavItem = {
  to: string
  label: string
  /** Further pages that belong to it, and are not below it. */
  also?: readonly string[]
}

/** The page's links: everybody's own, and those that administrators have besides. */
export type Nav = { account: readonly NavItem[]; administration?: readonly NavItem[] }

/** The links beside a page; on phones a menu above it, which says where one is. */
export function SideNav({ nav, isAdmin }: { nav: Nav; isAdmin: boolean }) {
  const { pathname } = useLocation()
  const administration = isAdmin ? (nav.administration ?? []) : []
  const current = currentOf([...nav.account, ...administration], pathname)
  const links = (
    <>
      <NavLinks items={nav.account} current={current} />
      {administration.length > 0 && (
        <>
          <h2 className="px-3 pt-5 pb-1.5 text-xs font-semibold tracking-wider text-soft uppercase">
            Administration
          </h2>
          <NavLinks items={administration} current={current} />
        </>
      )}
    </>
  )
  return (
    <>
      {/* Another page closes it. */}
      <details
        key={pathname}
        ref={closeOnEscape}
        className="group rounded-control border border-line bg-panel md:hidden"
      >
        <summary className="flex min-h-11 list-none items-center gap-2.5 rounded-control px-3 font-medium [&::-webkit-details-marker]:hidden">
          <Menu aria-hidden="true" className="size-4.5 text-soft" />
          <span className="sr-only">Menu: </span>
          <span className="flex-1">{current?.label ?? 'Menu'}</span>
          <ChevronDown
            aria-hidden="true"
            className="size-4.5 text-soft transition-transform group-open:rotate-180"
          />
        </summary>
        <nav aria-label="Account" className="border-t border-line p-2">
          {links}
        </nav>
      </details>
      {/* In view beside a page of any length. What the links leave of the window's height is for messages. */}
      <div className="sticky top-8 flex h-[calc(100dvh-9.75rem)] flex-col self-start max-md:hidden">
        <nav aria-label="Account" className="-m-1 min-h-0 overflow-y-auto p-1">
          {links}
        </nav>
        <ToastColumn />
      </div>
    </>
  )
}

/** As every menu does; whoever had one of its links under the finger is back at its button. */
function closeOnEscape(menu: HTMLDetailsElement | null) {
  menu?.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || !menu.open) return
    menu.open = false
    menu.querySelector('summary')?.focus()
  })
}

function NavLinks({ items, current }: { items: readonly NavItem[]; current: NavItem | undefined }) {
  return (
    <ul>
      {items.map((item) => (
        <li key={item.to}>
          <Link
            to={item.to}
            aria-current={item === current ? 'page' : undefined}
            className={classes(
              'flex min-h-9 items-center rounded-control px-3 whitespace-nowrap pointer-coarse:min-h-11 max-md:min-h-11',
              item === current
                ? 'bg-accent-soft font-semibold text-accent'
                : 'text-soft hover:bg-sunken hover:text-ink',
            )}
          >
            {item.label}
          </Link>
        </li>
      ))}
    </ul>
  )
}

/** The item that a page belongs to: the one whose address, or one of whose further ones, says most of it. */
function currentOf(items: readonly NavItem[], pathname: string): NavItem | undefined {
  const holds = (page: string) => pathname === page || pathname.startsWith(`${page}/`)
  const addresses = items.flatMap((item) =>
    [item.to, ...(item.also ?? [])].filter(holds).map((page) => ({ item, length: page.length })),
  )
  return addresses.sort((a, b) => b.length - a.length)[0]?.item
}
