import type {
  PublicKeyCredentialCreationOptionsJSON as OptionsToMake,
  PublicKeyCredentialRequestOptionsJSON as OptionsToUse,
} from '@simplewebauthn/browser'

/*
 * A page can have one passkey ceremony at a time: a new one ends the one before, also while that still
 * fetches its options. The library is fetched when it is needed, so that pages stay light.
 */

/** A ceremony under way. */
export type Ceremony = {
  /** What the passkey said, as JSON; null when the ceremony was ended before, by us. */
  answer: Promise<string | null>
  /** Ends it: an answer that comes all the same is nobody's. */
  end(): void
}

type Browser = typeof import('@simplewebauthn/browser')

let current: symbol | null = null

function begin<Options>(
  optionsFrom: string,
  ask: (browser: Browser, options: Options) => Promise<unknown>,
): Ceremony {
  const own = Symbol()
  current = own
  const isOurs = () => current === own

  async function run(): Promise<string | null> {
    const browser = await import('@simplewebauthn/browser')
    if (!isOurs()) return null
    browser.WebAuthnAbortService.cancelCeremony()
    const options = await fetchOptions<Options>(optionsFrom)
    if (!isOurs()) return null
    try {
      const answer = await ask(browser, options)
      return isOurs() ? JSON.stringify(answer) : null
    } catch (error) {
      if (!isOurs()) return null
      throw error
    } finally {
      if (isOurs()) current = null
    }
  }

  return {
    answer: run(),
    end() {
      if (!isOurs()) return
      current = null
      void import('@simplewebauthn/browser').then(({ WebAuthnAbortService }) => {
        // Another one may have begun meanwhile.
        if (current === null) WebAuthnAbortService.cancelCeremony()
      })
    },
  }
}

async function fetchOptions<Options>(from: string): Promise<Options> {
  const response = await fetch(from)
  // Whose session has ended is led to the sign-in page.
  if (!response.ok || response.redirected) throw new Error('There are no options')
  return (await response.json()) as Options
}

/** Asks for one of the person's passkeys. */
export const askForPasskey = (optionsFrom: string): Ceremony =>
  begin<OptionsToUse>(optionsFrom, ({ startAuthentication }, optionsJSON) =>
    startAuthentication({ optionsJSON }),
  )

/** Lets the browser offer passkeys where it fills in the e-mail address, until it is ended. */
export const offerPasskeys = (optionsFrom: string): Ceremony =>
  begin<OptionsToUse>(optionsFrom, ({ startAuthentication }, optionsJSON) =>
    startAuthentication({ optionsJSON, useBrowserAutofill: true }),
  )

/** Makes a new one. */
export const makePasskey = (optionsFrom: string): Ceremony =>
  begin<OptionsToMake>(optionsFrom, ({ startRegistration }, optionsJSON) =>
    startRegistration({ optionsJSON }),
  )

/** Why nothing came of a ceremony. */
export function failureInWords(error: unknown, { making = false } = {}): string {
  const { name, code } = { name: '', code: '', ...asRecord(error) }
  if (typeof code === 'string' && Object.hasOwn(FAILURES, code)) return FAILURES[code]!
  // Browsers say the same of all that may have been, so that pages learn nothing of the device.
  if (name === 'NotAllowedError') return making ? NOT_MADE : NOT_ANSWERED
  return 'That did not work. Load the page again, or try another browser.'
}

export const NOT_KEPT =
  'This key has no room for passkeys. Use another key, your phone, or this device itself.'

const NOT_MADE =
  'No passkey was made: that was cancelled, took too long, or the key has no room for passkeys.'
const NOT_ANSWERED = 'That was cancelled, or took too long. Try again.'

const FAILURES: Record<string, string> = {
  ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT: NOT_KEPT,
  ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT:
    'This key asks for no PIN and no finger, so whoever finds it could use it. Use another one.',
  ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED: 'There is a passkey of yours on it already.',
}

const asRecord = (error: unknown) => (error instanceof Error ? { ...error, name: error.name } : {})
