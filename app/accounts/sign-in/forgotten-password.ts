import type { Database } from '~/database/types'
import { addressKey } from '../addresses'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { EnqueueMail, OnTheWay } from '../mail'
import type { Origin } from '../viewer'

/** How somebody asks for a link by which they choose another password. */
export function createForgottenPassword({
  database,
  limits,
  enqueueMail,
}: {
  database: Database
  limits: AttemptLimits
  enqueueMail: EnqueueMail
}) {
  return {
    /**
     * Nobody is looked up here: whether somebody has the address is found out when the mail is sent,
     * and so neither the answer nor its duration tells. Beyond the limit of an address the answer is
     * the same as well, and no mail goes out.
     */
    async request(
      email: string,
      { ip }: Origin,
      onTheWay: OnTheWay = {},
    ): Promise<{ ok: true } | TooManyAttempts> {
      const tooMany = await limits.take([{ limit: 'mailFrom', of: addressKey(ip) }])
      if (tooMany) return tooMany
      if (await limits.take([{ limit: 'mailTo', of: `forgotten ${email}` }])) return done
      const recipient = { userId: null, address: email }
      const mail = { kind: 'forgotten-password', ip, ...onTheWay } as const
      await database.transaction((tx) => enqueueMail(tx, recipient, mail))
      return done
    },
  }
}

const done = { ok: true as const }
