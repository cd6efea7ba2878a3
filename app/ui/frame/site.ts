import type { MetaFunction } from '@remix-run/node'
import { useRouteLoaderData } from '@remix-run/react'
import { useEffect } from 'react'

/* What pages know of the installation from the root's loader. */

/** Stands where that failed. */
const PRODUCT = 'Latchkey'

type RootData = { siteName: string; isMailFolder: boolean; isLocal: boolean } | null | undefined

/**
 * What the root's loader said last in this browser: Remix drops it when the answer for another page does not
 * come. Only effects set it, so that it is never there on a server, where one would see what is another's.
 */
let lastKnown: unknown

/** What the root's loader says, or said before the server could not be reached. */
export function useRootData<T>(): T | undefined {
  const data = useRouteLoaderData<T>('root')
  useEffect(() => {
    if (data) lastKnown = data
  }, [data])
  return (data ?? lastKnown) as T | undefined
}

/** What people call it: their family's or their company's name. */
export const useSiteName = (): string => useRootData<RootData>()?.siteName ?? PRODUCT

type Matches = readonly ({ id: string; data: unknown } | undefined)[]

/** "Profile · Lind family". */
export function titleAt(matches: Matches, title?: string): string {
  const root = matches.find((match) => match?.id === 'root')
  const siteName = ((root?.data ?? lastKnown) as RootData)?.siteName ?? PRODUCT
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
export const useMailFolder = (): boolean => useRootData<RootData>()?.isMailFolder ?? false

/** Whether its address leads nowhere but to the machine that it is opened on, as before ORIGIN is set. */
export const useIsLocal = (): boolean => useRootData<RootData>()?.isLocal ?? false
