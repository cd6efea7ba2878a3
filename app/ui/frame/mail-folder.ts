import { useRouteLoaderData } from '@remix-run/react'

/**
 * Whether mails are written into a folder of the server instead of being sent, so that no page says that
 * one is on its way. Where the folder is, is nobody's business but the administrators'.
 */
export const useMailFolder = (): boolean =>
  useRouteLoaderData<{ isMailFolder?: boolean } | null>('root')?.isMailFolder ?? false
