import { createContext, useContext } from 'react'
import type { ReactNode } from 'react'

export type FrameViewer = {
  name: string
  email: string
  isAdmin: boolean
  /** Whether there is an application that they may open. */
  hasApps: boolean
}

/** What every page of a signed-in person needs and gets from the root. */
export type PageContext = {
  viewer: FrameViewer
  /** The hidden field that proves that a form is ours. */
  formToken: { name: string; value: string }
}

const Context = createContext<PageContext | null>(null)

export function PageContextProvider({
  value,
  children,
}: {
  value: PageContext | null
  children: ReactNode
}) {
  return <Context.Provider value={value}>{children}</Context.Provider>
}

/** Null while nobody is signed in. */
export const usePageContext = () => useContext(Context)

/** To be put in every form of a signed-in person. */
export function FormToken() {
  const page = usePageContext()
  return page && <input type="hidden" {...page.formToken} />
}

/** The nonce that lets a script of the page run. Known only while the server renders. */
export const NonceContext = createContext<string | undefined>(undefined)

export const useNonce = () => useContext(NonceContext)
