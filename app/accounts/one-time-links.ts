import type { Client, LinkPurpose, Transaction } from '~/database/types'
import { type Clock, hours } from './time'
import { newId } from './row-id'
import { createSecret, hashSecret, looksLikeSecret } from './secret-token'

/** A link that was not used by then is dead. Long enough for another time zone's morning. */
export const LINK_LIFETIME = hours(24)

export type OneTimeLinks = {
  /**
   * Makes a link; earlier ones for the same purpose and person stop working. Those for nobody yet all
   * work, since each node that starts prints one. Returns its secret.
   */
  create(tx: Transaction, link: { purpose: LinkPurpose; userId: string | null }): Promise<string>
  /** Whose link it is, if it works. Looking does not use it up. */
  find(
    client: Client | Transaction,
    link: { purpose: LinkPurpose; secret: unknown },
  ): Promise<{ id: string; userId: string | null; about: string | null } | null>
  /** Uses the link up. Of many who try at once one gets true. */
  consume(tx: Transaction, id: string): Promise<boolean>
  /** Ends what was sent to an address that is another one now: what only takes away goes on working. */
  endThoseThatOpen(tx: Transaction, userId: string): Promise<void>
}

export type LinkInvalid = { ok: false; code: 'LINK_INVALID' }

/** By these a person takes access away from others, from a mailbox that they had before. */
const TAKES_AWAY: LinkPurpose[] = ['disown_sign_in', 'take_back_email']

/** Links with a secret that works once: the set-up page's, and those by which people choose a password. */
export function createOneTimeLinks({ clock }: { clock: Clock }): OneTimeLinks {
  return {
    async create(tx, { purpose, userId }) {
      const secret = createSecret()
      const now = clock.now()
      if (userId !== null) await tx.oneTimeLink.deleteMany({ where: { purpose, userId } })
      await tx.oneTimeLink.create({
        data: {
          id: newId(),
          tokenHash: hashSecret(secret),
          purpose,
          userId,
          createdAt: now,
          expiresAt: new Date(now.getTime() + LINK_LIFETIME),
        },
      })
      return secret
    },

    async find(client, { purpose, secret }) {
      if (!looksLikeSecret(secret)) return null
      return client.oneTimeLink.findFirst({
        where: { tokenHash: hashSecret(secret), purpose, expiresAt: { gt: clock.now() } },
        select: { id: true, userId: true, about: true },
      })
    },

    async consume(tx, id) {
      const { count } = await tx.oneTimeLink.deleteMany({ where: { id } })
      return count === 1
    },

    async endThoseThatOpen(tx, userId) {
      await tx.oneTimeLink.deleteMany({ where: { userId, purpose: { notIn: TAKES_AWAY } } })
    },
  }
}
