import type { Client, LinkPurpose, Transaction } from '~/database/types'
import { type Clock, hours } from './time'
import { newId } from './row-id'
import { createSecret, hashSecret, looksLikeSecret } from './secret-token'

/** A link that was not used by then is dead. Long enough for another time zone's morning. */
export const LINK_LIFETIME = hours(24)

/** By either of them a person chooses their password. */
export const PASSWORD_LINKS = ['password', 'forgotten_password'] as const satisfies LinkPurpose[]

const LINKS_OF_A_PASSWORD = [...PASSWORD_LINKS, 'confirm_email'] as const satisfies LinkPurpose[]

export type FoundLink = {
  id: string
  userId: string | null
  email: string | null
  about: string | null
}

export type OneTimeLinks = {
  /**
   * Makes a link; earlier ones for the same purpose and person, or for the same purpose and nobody yet,
   * stop working. Returns its secret.
   */
  create(tx: Transaction, link: { purpose: LinkPurpose; userId: string | null }): Promise<string>
  /**
   * Makes a link that is about to be mailed. Earlier ones go on working: the same mail may have to be
   * sent twice, and who asks for somebody's mail again and again kills no link of theirs.
   */
  createForMail(tx: Transaction, link: MailedLink): Promise<string>
  /** Whose link it is, if it works. Looking does not use it up. */
  find(
    client: Client | Transaction,
    link: { purpose: LinkPurpose | readonly LinkPurpose[]; secret: unknown },
  ): Promise<FoundLink | null>
  /** Whether there is one that works and is younger than that; `age` in milliseconds. */
  isYoung(tx: Transaction, link: { purpose: LinkPurpose; age: number }): Promise<boolean>
  /** Uses the link up. Of many who try at once one gets true. */
  consume(tx: Transaction, id: string): Promise<boolean>
  /**
   * Ends what dies whenever a password changes: what would choose another one, or move the account to an
   * address that somebody typed who knew the old one. Links by which an owner takes their account back
   * stay, or whoever changed the password would have taken those away as well.
   */
  endThoseOfPassword(tx: Transaction, userId: string): Promise<void>
  /** Ends what was sent to an address that is another one now: what only takes away goes on working. */
  endThoseThatOpen(tx: Transaction, userId: string): Promise<void>
}

export type LinkInvalid = { ok: false; code: 'LINK_INVALID' }
export const linkInvalid = { ok: false as const, code: 'LINK_INVALID' as const }

/** By these a person takes access away from others, from a mailbox that they had before. */
const TAKES_AWAY: LinkPurpose[] = ['disown_sign_in', 'take_back_email']

export type MailedLink = {
  purpose: LinkPurpose
  userId: string | null
  /** The mailbox that it goes to. */
  email: string
  /** The id of what it is about. */
  about: string | null
  /** In milliseconds. */
  lifetime: number
}

/** Links with a secret that works once: the set-up page's, and those by which people choose a password. */
export function createOneTimeLinks({ clock }: { clock: Clock }): OneTimeLinks {
  async function insert(
    tx: Transaction,
    { lifetime, ...link }: Omit<MailedLink, 'email'> & { email: string | null },
  ): Promise<string> {
    const secret = createSecret()
    const now = clock.now()
    const times = { createdAt: now, expiresAt: new Date(now.getTime() + lifetime) }
    const data = { id: newId(), tokenHash: hashSecret(secret), ...link, ...times }
    await tx.oneTimeLink.create({ data })
    return secret
  }

  return {
    async create(tx, { purpose, userId }) {
      await tx.oneTimeLink.deleteMany({ where: { purpose, userId } })
      return insert(tx, { purpose, userId, email: null, about: null, lifetime: LINK_LIFETIME })
    },

    createForMail: insert,

    async find(client, { purpose, secret }) {
      if (!looksLikeSecret(secret)) return null
      return client.oneTimeLink.findFirst({
        where: {
          tokenHash: hashSecret(secret),
          purpose: { in: [purpose].flat() },
          expiresAt: { gt: clock.now() },
        },
        select: { id: true, userId: true, email: true, about: true },
      })
    },

    async isYoung(tx, { purpose, age }) {
      const now = clock.now()
      const since = new Date(now.getTime() - age)
      const times = { createdAt: { gt: since }, expiresAt: { gt: now } }
      return (await tx.oneTimeLink.count({ where: { purpose, ...times } })) > 0
    },

    async consume(tx, id) {
      const { count } = await tx.oneTimeLink.deleteMany({ where: { id } })
      return count === 1
    },

    async endThoseOfPassword(tx, userId) {
      await tx.oneTimeLink.deleteMany({
        where: { userId, purpose: { in: [...LINKS_OF_A_PASSWORD] } },
      })
      await forgetUnconfirmed(tx, userId)
    },

    async endThoseThatOpen(tx, userId) {
      await tx.oneTimeLink.deleteMany({ where: { userId, purpose: { notIn: TAKES_AWAY } } })
      await forgetUnconfirmed(tx, userId)
    },
  }
}

/**
 * A change of the address that nobody confirmed goes with its link: the mail about it may still be on its
 * way, a day long if the mailbox's server wants it so, and would bring another link.
 */
const forgetUnconfirmed = (tx: Transaction, userId: string) =>
  tx.emailChange.deleteMany({ where: { userId, confirmedAt: null } })
