import type { MetaFunction } from '@remix-run/node'
import { useRouteLoaderData } from '@remix-run/react'

/*
 * What people call this installation: their family's or their company's name. The root's loader says it;
 * where that failed the product's own name stands.
 */

const PRODUCT = 'Latchkey'

type RootData = { siteName: string } | null | undefined

export const useSiteName = (): string => useRouteLoaderData<RootData>('root')?.siteName ?? PRODUCT

type Matches = readonly ({ id: string; data: unknown } | undefined)[]

/** "Profile · Lind family". */
export function titleAt(matches: Matches, title?: string): string {
  const root = matches.find((match) => match?.id === 'root')
  const siteName = (root?.data as RootData)?.siteName ?? PRODUCT
  return title ? `${title} · ${siteName}` : siteName
}

/** The meta of a page that is always called the same. */
export const titled =
  (title: string): MetaFunction =>
  ({ matches }) => [{ title: titleAt(matches, title) }]
