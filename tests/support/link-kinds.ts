import { expect } from 'vitest'
import { LINK_LIFETIME } from '../../app/accounts/one-time-links'
import { newId } from '../../app/accounts/row-id'
import { MAILED_LINKS } from '../../app/mail/links'
import { addAuthenticator, addFactors } from './factors'
import type { Mailbox } from './mailed-links'
import { addSession, PASSWORD, type Person, type TestServices } from './services'

const NEW_PASSWORD = 'nine purple harbours'

/** A kind of link: how somebody gets one, whether it works, and what becomes of it when it is used. */
type Kind = {
  make: (ada: Person) => Promise<string>
  works: (secret: string) => Promise<boolean>
  use: (secret: string) => Promise<{ ok: boolean }>
  /** In milliseconds. */
  lifetime: number
}

export const KIND_NAMES = [
  'handed to who forgot their password',
  'mailed by an administrator',
  'mailed to who forgot their password',
  'mailed after “It wasn’t me”',
  'to a new address',
  'to the old address',
  'about a new device',
  'to the next second factor',
] as const
export type KindName = (typeof KIND_NAMES)[number]
export type LinkKinds = Record<KindName, Kind>

export const newEmail = () => `${newId()}@example.com`

/**
 * The links that belong to an account, where mails are sent.
 *
 * @param admin who hands them out now
 */
export function createLinkKinds(
  app: TestServices,
  mailbox: Mailbox,
  admin: () => Person,
): LinkKinds {
  let hosts = 0
  /** Another address each time: links may be tried from one only so often. */
  const anywhere = () => ({ ip: `2001:db8:${(hosts += 1).toString(16)}::1`, userAgent: 'test' })
  const emailOf = async ({ userId }: Person) =>
    (await app.database.client.user.findUniqueOrThrow({ where: { id: userId } })).email

  /** The secret of the link in a mail that leads to this page. */
  async function mailed(email: string, page: string): Promise<string> {
    return (await mailbox.linkTo(email, page)).split('token=')[1]!
  }

  /** Whose link it is that only they can use, in a session of theirs. */
  const owners = new Map<string, Person>()

  const ofPasswords = {
    works: async (secret: string) => (await app.choosePassword.findOwner(secret)) !== null,
    use: (secret: string) =>
      app.choosePassword.choose(secret, { password: NEW_PASSWORD }, anywhere(), undefined),
  }

  const handOver = async ({ userId }: Person, by: 'shown' | 'mailed') => {
    const made = await app.administration.createPasswordLink(admin().first.acting, userId, by)
    if (!made.ok) throw new Error(made.code)
    return made.secret
  }

  /** A sign-in from a browser that the account was not used from, and the link that tells of it. */
  async function intrude(ada: Person): Promise<string> {
    await addSession(app, ada, { ip: '203.0.113.66' })
    return mailed(await emailOf(ada), '/not-me')
  }

  const askForChange = async ({ first }: Person, email: string) => {
    const change = { email, currentPassword: PASSWORD }
    expect(await app.ownAccount.changeEmail(first.acting, change)).toMatchObject({ ok: true })
    return mailed(email, '/confirm-email')
  }

  return {
    'handed to who forgot their password': {
      ...{ make: async (ada) => (await handOver(ada, 'shown'))!, ...ofPasswords },
      lifetime: LINK_LIFETIME,
    },
    'mailed by an administrator': {
      ...ofPasswords,
      lifetime: MAILED_LINKS.invitation.lifetime,
      async make(ada) {
        await handOver(ada, 'mailed')
        return mailed(await emailOf(ada), '/password-link')
      },
    },
    'mailed to who forgot their password': {
      ...ofPasswords,
      lifetime: MAILED_LINKS.forgottenPassword.lifetime,
      async make(ada) {
        const email = await emailOf(ada)
        await app.forgottenPassword.request(email, anywhere())
        return mailed(email, '/password-link')
      },
    },
    'mailed after “It wasn’t me”': {
      ...ofPasswords,
      lifetime: MAILED_LINKS.chooseNewPassword.lifetime,
      async make(ada) {
        await app.disownSignIn.byLink(await intrude(ada), anywhere())
        return mailed(await emailOf(ada), '/password-link')
      },
    },
    'to a new address': {
      make: (ada) => askForChange(ada, newEmail()),
      works: async (secret) => (await app.emailChanges.find(secret)) !== null,
      use: (secret) => app.emailChanges.confirm(secret, anywhere()),
      lifetime: MAILED_LINKS.confirmEmail.lifetime,
    },
    'to the old address': {
      works: async (secret) => (await app.takeBackEmail.find(secret)) !== null,
      use: (secret) => app.takeBackEmail.takeBack(secret, anywhere()),
      lifetime: MAILED_LINKS.takeBackEmail.lifetime,
      async make(ada) {
        const before = await emailOf(ada)
        await app.emailChanges.confirm(await askForChange(ada, newEmail()), anywhere())
        return mailed(before, '/take-back-email')
      },
    },
    'about a new device': {
      make: intrude,
      works: async (secret) => (await app.disownSignIn.find(secret)) !== null,
      use: (secret) => app.disownSignIn.byLink(secret, anywhere()),
      lifetime: MAILED_LINKS.disownSignIn.lifetime,
    },
    'to the next second factor': {
      works: app.administerFactors.isLink,
      lifetime: LINK_LIFETIME,
      // Their sessions went with the factors.
      async make(ada) {
        await addFactors(app, ada)
        const removed = await app.administerFactors.remove(admin().first.acting, ada.userId)
        if (!removed.ok) throw new Error(removed.code)
        ada.first = await addSession(app, ada)
        owners.set(removed.secret, ada)
        return removed.secret
      },
      async use(secret) {
        const { userId } = owners.get(secret)!
        const canSignIn = { disabledAt: null, password: { isNot: null } }
        const who = { id: userId, ...canSignIn, authenticator: null }
        if ((await app.database.client.user.count({ where: who })) === 0) return { ok: false }
        const { acting } = await addSession(app, { userId })
        return addAuthenticator(app, acting, secret)
      },
    },
  }
}
