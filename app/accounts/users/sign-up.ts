import type { Client, Database, Transaction } from '~/database/types'
import { addressKey } from '../addresses'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import { minutes, type Clock } from '../time'
import type { OneTimeLinks } from '../one-time-links'
import type { Revocations } from '../revocations'
import type { Origin } from '../viewer'
import { unlessEmailTaken } from './add-user'
import { createAccount } from './create-account'
import type { Admit, Admitted } from '../sign-in/admit'
import { isCommonPassword } from '../sign-in/common-passwords'
import type { Passwords } from '../sign-in/passwords'

export type NewPerson = { name: string; email: string; password: string }

/** Whether strangers may create an account. Nobody may before there is an administrator. */
export type SignUpState = 'open' | 'closed' | 'not-set-up'

/** What became of the wish for a link to the set-up page. */
export type SetUpLink =
  { state: 'made'; secret: string } | { state: 'made-elsewhere' } | { state: 'not-needed' }

type Entered =
  | ({ ok: true } & Admitted)
  | { ok: false; code: 'EMAIL_TAKEN' }
  | { ok: false; code: 'COMMON_PASSWORD' }
  | TooManyAttempts

export type SignUpResult = Entered | { ok: false; code: 'SIGN_UP_CLOSED' }
export type SetUpResult = Entered | { ok: false; code: 'LINK_INVALID' }

/** How accounts come to be without an administrator: by the sign-up page, and the very first by the set-up link. */
export function createSignUp(deps: {
  database: Database
  revocations: Revocations
  passwords: Passwords
  links: OneTimeLinks
  limits: AttemptLimits
  record: RecordAudit
  clock: Clock
  admit: Admit
  /** Whether the operator lets strangers create accounts, once there is an administrator. */
  isOpen: boolean
  /** Whether strangers do so by mail alone; see sign-up-by-mail.ts. */
  needsMail: boolean
  /** Words that belong to this installation and make poor passwords. */
  siteWords: readonly string[]
}) {
  const { database, revocations, passwords, links, limits, siteWords } = deps

  /** Asked by every sign-in page; once there is an administrator, there always is one. */
  async function signUpState(): Promise<SignUpState> {
    isSetUp ||= await hasAdministrator(database.client)
    if (!isSetUp) return 'not-set-up'
    return deps.isOpen ? 'open' : 'closed'
  }
  let isSetUp = false

  /** Creates an account and signs its owner in. */
  async function signUp(person: NewPerson, origin: Origin): Promise<SignUpResult> {
    if (deps.needsMail || (await signUpState()) !== 'open') return signUpClosed
    if (isTooCommon(person)) return { ok: false, code: 'COMMON_PASSWORD' }
    const tooMany = await limits.take([{ limit: 'signUp', of: addressKey(origin.ip) }])
    if (tooMany) return tooMany
    const passwordHash = await passwords.hash(person.password)
    return unlessEmailTaken(async () => {
      const { value } = await revocations.commit(async (tx, announce) =>
        (await hasAdministrator(tx))
          ? createAccount(tx, announce, { ...person, ...SIGNED_UP, passwordHash }, origin, deps)
          : signUpClosed,
      )
      return value
    })
  }

  /**
   * While nobody administers, makes a link to the set-up page, in place of any before it.
   *
   * @param options.keepYoung leaves one alone that is younger than a minute: another node that starts at
   *   the same time has printed it
   */
  async function createLink({ keepYoung = false } = {}): Promise<SetUpLink> {
    return database.transaction(async (tx) => {
      // Or two who ask at once would see none of the other's.
      await database.lockAdministrators(tx)
      if (await hasAdministrator(tx)) return { state: 'not-needed' }
      if (keepYoung && (await links.isYoung(tx, { purpose: 'setup', age: minutes(1) }))) {
        return { state: 'made-elsewhere' }
      }
      return { state: 'made', secret: await links.create(tx, { purpose: 'setup', userId: null }) }
    })
  }

  /** Whether a set-up link works: it exists, has not expired, and there still is no administrator. */
  async function isLink(secret: unknown): Promise<boolean> {
    const link = await links.find(database.client, { purpose: 'setup', secret })
    return link !== null && !(await hasAdministrator(database.client))
  }

  /** Creates the first administrator. Of two who try at once one succeeds. */
  async function complete(
    secret: unknown,
    person: NewPerson,
    origin: Origin,
  ): Promise<SetUpResult> {
    const tooMany = await limits.take([{ limit: 'link', of: addressKey(origin.ip) }])
    if (tooMany) return tooMany
    if (!(await isLink(secret))) return { ok: false, code: 'LINK_INVALID' }
    if (isTooCommon(person)) return { ok: false, code: 'COMMON_PASSWORD' }
    const passwordHash = await passwords.hash(person.password)
    return unlessEmailTaken(() =>
      completeInTransaction(secret, { ...person, passwordHash }, origin),
    )
  }

  async function completeInTransaction(
    secret: unknown,
    person: NewPerson & { passwordHash: string },
    origin: Origin,
  ) {
    const { value } = await revocations.commit(async (tx, announce) => {
      await database.lockAdministrators(tx)
      const link = await links.find(tx, { purpose: 'setup', secret })
      const works = link && !(await hasAdministrator(tx)) && (await links.consume(tx, link.id))
      if (!works) return { ok: false as const, code: 'LINK_INVALID' as const }
      const account = { ...person, role: 'admin', isConfirmed: false } as const
      return createAccount(tx, announce, account, origin, deps)
    })
    return value
  }

  function isTooCommon({ name, email, password }: NewPerson): boolean {
    return isCommonPassword(password, [...siteWords, name, email])
  }

  return { signUp, signUpState, createLink, isLink, complete }
}

/** Anybody may have typed any address. */
const SIGNED_UP = { role: 'user', isConfirmed: false } as const

const signUpClosed = { ok: false as const, code: 'SIGN_UP_CLOSED' as const }

async function hasAdministrator(client: Client | Transaction): Promise<boolean> {
  return (await client.user.findFirst({ where: { role: 'admin' }, select: { id: true } })) !== null
}
