import { useEffect, useRef, useState } from 'react'
import { useNavigation } from '@remix-run/react'
import { askForPasskey, failureInWords, offerPasskeys, type Ceremony } from './ceremonies'
import { useHydrated } from '../controls/use-hydrated'

/** Challenges are good for five minutes: the browser's offer is made anew before that. */
const OFFER_MS = 4 * 60_000

/** Whether this browser can, known once its scripts run. */
export function usePasskeySupport(): boolean {
  return useHydrated() && typeof window.PublicKeyCredential === 'function'
}

/**
 * A ceremony that begins with a press.
 *
 * @param begin fetches the options, and asks
 * @param send is given what the passkey said, unless the person has left by then
 */
export function usePasskeyPress(
  begin: () => Ceremony,
  send: (answer: string) => void,
  inWords: (error: unknown) => string = failureInWords,
) {
  const [isAsking, setAsking] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const ceremony = useRef<Ceremony | null>(null)

  useEffect(() => () => ceremony.current?.end(), [])

  async function press() {
    setAsking(true)
    setProblem(null)
    ceremony.current = begin()
    try {
      const answer = await ceremony.current.answer
      if (answer !== null) send(answer)
    } catch (error) {
      setProblem(inWords(error))
    } finally {
      setAsking(false)
    }
  }

  return { press: () => void press(), isAsking, problem }
}

/**
 * Sign-in by passkey: by a button, and from what the browser offers in the e-mail field. The offer waits
 * whenever nothing else is under way, so again after something failed.
 *
 * @param send keeps its identity from render to render
 */
export function usePasskeySignIn(optionsFrom: string, send: (answer: string) => void) {
  const isSupported = usePasskeySupport()
  const isIdle = useNavigation().state === 'idle'
  const pressed = usePasskeyPress(() => askForPasskey(optionsFrom), send)
  const isOffering = isSupported && isIdle && !pressed.isAsking

  useEffect(
    () => (isOffering ? keepOffering(optionsFrom, send) : undefined),
    [isOffering, optionsFrom, send],
  )

  return { ...pressed, isSupported }
}

/** Returns how to stop. */
function keepOffering(optionsFrom: string, send: (answer: string) => void) {
  let offer: Ceremony
  const begin = () => {
    offer = offerPasskeys(optionsFrom)
    offer.answer.then(
      (answer) => answer !== null && send(answer),
      // Nobody asked for it: a browser that makes no such offers goes without.
      () => undefined,
    )
  }
  begin()
  const timer = setInterval(begin, OFFER_MS)
  return () => {
    clearInterval(timer)
    offer.end()
  }
}
