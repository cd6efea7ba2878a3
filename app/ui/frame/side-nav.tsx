import { Link, useLocation } from '@remix-run/react'
import { useEffect, useRef } from 'react'
import type { RefObject } from 'react'
import { classes } from '../display/classes'

export type NavItem = {
  to: string
  label: string
  /** Further pages that belong to it, and are not below it. */
  also?: readonly string[]
}

/** The page's links: everybody's own, and those that administrators have besides. */
export type Nav = { account: readonly NavItem[]; administration?: readonly NavItem[] }

/** The links beside a page; above it, in one line that scrolls sideways, on phones. */
export function SideNav({ nav, isAdmin }: { nav: Nav; isAdmin: boolean }) {
  const administration = isAdmin ? (nav.administration ?? []) : []
  const bar = useRef<HTMLElement>(null)
  useCurrentInSight(bar)
  return (
    <nav
      ref={bar}
      aria-label="Account"
      className="-mx-4 flex gap-1 overflow-x-auto px-4 py-1.5 sm:-mx-5 sm:px-5 [scrollbar-width:none] md:mx-0 md:block md:overflow-visible md:p-0"
    >
      <NavLinks items={nav.account} />
      {administration.length > 0 && (
        <>
          <h2 className="px-3 pt-5 pb-1.5 text-xs font-semibold tracking-wider text-soft uppercase max-md:sr-only">
            Administration
          </h2>
          <NavLinks items={administration} />
        </>
      )}
    </nav>
  )
}

/** On phones the links scroll sideways: the current one should not hide behind the edge. */
function useCurrentInSight(bar: RefObject<HTMLElement>) {
  const { pathname } = useLocation()
  useEffect(() => {
    const current = bar.current?.querySelector<HTMLElement>('[aria-current="page"]')
    if (!bar.current || !current) return
    const { left, width } = current.getBoundingClientRect()
    const frame = bar.current.getBoundingClientRect()
    bar.current.scrollBy({ left: left + width / 2 - (frame.left + frame.width / 2) })
  }, [bar, pathname])
}

function NavLinks({ items }: { items: readonly NavItem[] }) {
  const { pathname } = useLocation()
  const current = currentOf(items, pathname)
  return (
    <ul className="flex gap-1 md:block">
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
