import { createContext, useContext } from 'react'

/** The nonce that lets a script of the page run. Known only while the server renders. */
export const NonceContext = createContext<string | undefined>(undefined)

export const useNonce = () => useContext(NonceContext)
