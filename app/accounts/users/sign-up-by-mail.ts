import type { Database, Transaction } from '~/database/types'
import { addressKey } from '../addresses'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import { goingToOf } from '../going-to'
import type { EnqueueMail, OnTheWay } from '../mail'
import { linkInvalid, type LinkInvalid, type OneTimeLinks } from '../one-time-links'
import type { Revocations } from '../revocations'
import type { Admit, Admitted } from '../sign-in/admit'
import { isCommonPassword } from '../sign-in/common-passwords'
import type { Passwords } from '../sign-in/passwords'
import type { Clock } from '../time'
import type { Origin } from '../viewer'
import { unlessEmailTaken } from './add-user'
import { createAccount } from './create-account'
import type { SignUpState } from './sign-up'

/**
 * How strangers create an account where mails are sent: they say their address, and whoever reads its
 * mailbox says the rest. Nothing is kept of what was typed before that, or an account that somebody else
 * made ready would have two owners.
 */
export function createSignUpByMail(deps: {
  database: Database
  revocations: Revocations
  passwords: Passwords
  links: OneTimeLinks
  limits: AttemptLimits
  record: RecordAudit
  enqueueMail: EnqueueMail
  clock: Clock
  admit: Admit
  siteWords: readonly string[]
  signUpState: () => Promise<SignUpState>
}) {
  const { database, revocations, passwords, links, limits, enqueueMail } = deps

  /** Answers the same whether anybody has the address, which only a mail to it tells. */
  async function request(
    email: string,
    { ip }: Origin,
    onTheWay: OnTheWay = {},
  ): Promise<{ ok: true } | TooManyAttempts> {
    const tooMany = await limits.take([{ limit: 'mailFrom', of: addressKey(ip) }])
    if (tooMany) return tooMany
    if (await limits.take([{ limit: 'mailTo', of: `sign-up ${email}` }])) return done
    const recipient = { userId: null, address: email }
    const mail = { kind: 'sign-up', ...onTheWay } as const
    await database.transaction((tx) => enqueueMail(tx, recipient, mail))
    return done
  }

  /** The address that the link was mailed to, and where its reader goes; null when it does not work (any more). */
  async function find(secret: unknown): Promise<({ email: string } & OnTheWay) | null> {
    const link = await links.find(database.client, { purpose: 'sign_up', secret })
    if (!link?.email || (await deps.signUpState()) !== 'open') return null
    const goingTo = await goingToOf(database.client, link)
    return { email: link.email, ...(goingTo !== undefined && { goingTo }) }
  }

  /** Creates the account. Of two who use one link at once one succeeds. */
  async function complete(
    secret: unknown,
    { name, password }: { name: string; password: string },
    origin: Origin,
  ): Promise<
    | ({ ok: true } & Admitted & OnTheWay)
    | { ok: false; code: 'EMAIL_TAKEN' | 'COMMON_PASSWORD' }
    | LinkInvalid
    | TooManyAttempts
  > {
    const tooMany = await limits.take([{ limit: 'link', of: addressKey(origin.ip) }])
    if (tooMany) return tooMany
    const found = await find(secret)
    if (!found) return linkInvalid
    const { email, ...onTheWay } = found
    if (isCommonPassword(password, [...deps.siteWords, name, email])) {
      return { ok: false, code: 'COMMON_PASSWORD' }
    }
    const account = { name, email, role: 'user', isConfirmed: true } as const
    const passwordHash = await passwords.hash(password)
    return unlessEmailTaken(async () => {
      const { value } = await revocations.commit(async (tx, announce) =>
        (await useUp(tx, secret))
          ? createAccount(tx, announce, { ...account, passwordHash }, origin, deps)
          : linkInvalid,
      )
      return value.ok ? { ...value, ...onTheWay } : value
    })
  }

  /** With the other links that went to this mailbox: there is an account now. */
  async function useUp(tx: Transaction, secret: unknown): Promise<boolean> {
    const link = await links.find(tx, { purpose: 'sign_up', secret })
    if (!link?.email || !(await links.consume(tx, link.id))) return false
    await tx.oneTimeLink.deleteMany({ where: { purpose: 'sign_up', email: link.email } })
    return true
  }

  return { request, find, complete }
}

const done = { ok: true as const }
