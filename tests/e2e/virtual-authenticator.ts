import type { CDPSession, Page } from '@playwright/test'

/** Chromium's own stand-in for the device that keeps passkeys, which somebody unlocks at once. */
export async function addAuthenticator(page: Page, { keepsPasskeys = true } = {}) {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: keepsPasskeys,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    /** What it keeps, for another browser to have as well, as synced passkeys are. */
    credentials: () => credentialsIn(cdp, authenticatorId),
    async take(credentials: Credentials) {
      for (const credential of credentials) {
        await cdp.send('WebAuthn.addCredential', { authenticatorId, credential })
      }
    },
    /** Whether the person is there, and picks what they are offered. */
    setPresence: (enabled: boolean) =>
      cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled }),
    /** Whether the finger, the face or the PIN is the right one. */
    setVerified: (isUserVerified: boolean) =>
      cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
  }
}

export type Authenticator = Awaited<ReturnType<typeof addAuthenticator>>

type Credentials = Awaited<ReturnType<typeof credentialsIn>>

const credentialsIn = async (cdp: CDPSession, authenticatorId: string) =>
  (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials
