import type { MetaFunction } from '@remix-run/node'
import { useRouteLoaderData } from '@remix-run/react'

/* What pages know of the installation from the root's loader. */

/** Stands where that failed. */
const PRODUCT = 'Latchkey'

type RootData = { siteName: string; isMailFolder: boolean; isLocal: boolean } | null | undefined

/** What people call it: their family's or their company's name. */
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

/**
 * Whether mails are written into a folder of the server instead of being sent, so that no page says that
 * one is on its way. Where the folder is, is nobody's business but the administrators'.
 */
export const useMailFolder = (): boolean =>
  useRouteLoaderData<RootData>('root')?.isMailFolder ?? false

/** Whether its address leads nowhere but to the machine that it is opened on, as before ORIGIN is set. */
export const useIsLocal = (): boolean => useRouteLoaderData<RootData>('root')?.isLocal ?? false
