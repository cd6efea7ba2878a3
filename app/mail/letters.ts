import type { NamedPerson, RecordAudit } from '~/accounts/audit/record'
import type { Mail } from '~/accounts/mail'
import type { OneTimeLinks } from '~/accounts/one-time-links'
import type { Clock } from '~/accounts/time'
import type { Database, Role, Transaction } from '~/database/types'
import { asHtml, asText } from './layout'
import { MAILED_LINKS, type MailedLinkKind } from './links'
import type { Message, Site } from './message'
import * as messages from './messages'
import { noticeOf } from './notices'
import type { Letter } from './transport'

/** A row of the outbox, as far as its letter is made of it. */
export type StoredMail = {
  id: string
  kind: string
  userId: string | null
  address: string
  about: string
  createdAt: Date
}

/** So many links to choose a forgotten password work at once; none takes the place of another. */
const MOST_OPEN = 3

/**
 * Makes the letter of a stored mail, at the moment when it is sent: only now its link gets a secret, and
 * only now it is looked whether anybody has the address.
 */
export function createLetters({
  database,
  links,
  record,
  clock,
  site,
  describeBrowser,
  placeOf,
  isFactorDemanded,
}: {
  database: Database
  links: OneTimeLinks
  record: RecordAudit
  clock: Clock
  site: Site
  describeBrowser: (userAgent: string) => string
  /** The country of an address, or an empty text. */
  placeOf: (address: string) => string
  /** Whether whoever has this role signs in with a second factor only. */
  isFactorDemanded: (role: Role) => boolean
}) {
  const pageUrl = (page: string) => site.origin + page

  /**
   * In one transaction with the link, under the lock of its person.
   *
   * @returns null when there is nothing to say (any more)
   */
  async function write(row: StoredMail): Promise<{ letter: Letter; userId: string | null } | null> {
    const mail = { kind: row.kind, ...(JSON.parse(row.about) as object) } as Mail
    const written = await database.transaction((tx) => messageOf(tx, mail, row))
    if (!written) return null
    const { message, userId, name } = written
    return { letter: { ...layOut(message), ...sealed(row, name) }, userId }
  }

  const layOut = (message: Message) => ({
    subject: message.subject,
    text: asText(message, site),
    html: asHtml(message, site),
  })

  const sealed = ({ id, address }: StoredMail, name: string | null) => ({
    id,
    to: { name: name ?? '', address },
    date: clock.now(),
  })

  type Written = { message: Message; userId: string | null; name: string | null }

  async function messageOf(tx: Transaction, mail: Mail, row: StoredMail): Promise<Written | null> {
    const { createdAt: at } = row
    const head = { at, siteName: site.name, pageUrl }
    const link = (kind: MailedLinkKind, userId: string | null, about: string) =>
      linkFor(tx, kind, { userId, email: row.address, about })

    if (mail.kind === 'sign-up') {
      const taken = await tx.user.findUnique({ where: { email: row.address }, select: PERSON })
      if (taken) return { message: messages.hasAccount(head), userId: taken.id, name: null }
      const url = await link(MAILED_LINKS.signUp, null, row.id)
      return { message: messages.signUp({ ...head, link: url }), userId: null, name: null }
    }
    if (mail.kind === 'forgotten-password') return forgotten(tx, mail, row, head)
    // Of somebody who is gone only the address is left.
    const user = row.userId === null ? null : await locked(tx, row.userId)
    const to = (message: Message | null) =>
      message && { message, userId: row.userId, name: user?.name ?? null }
    if (mail.kind === 'account-deleted') {
      return to(messages.accountDeleted({ ...head, ...mail }))
    }
    if (!user) return null
    switch (mail.kind) {
      case 'invitation': {
        // A link that opens the account goes to no address that is not the account's any more.
        if (user.disabledAt || user.email !== row.address || isChosenSince(user, row)) return null
        const url = await link(MAILED_LINKS.invitation, user.id, row.id)
        const isNew = user.password === null && user.retiredPassword === null
        const about = { isNew, isFactorDemanded: isFactorDemanded(user.role) }
        return to(messages.invitation({ ...head, ...about, link: url, name: user.name }))
      }
      case 'choose-new-password': {
        if (user.disabledAt || user.password || user.email !== row.address) return null
        await recordLink(tx, user, row, null)
        const url = await link(MAILED_LINKS.chooseNewPassword, user.id, row.id)
        return to(messages.chooseNewPassword({ ...head, link: url }))
      }
      case 'confirm-email': {
        const change = await emailChange(tx, mail.emailChangeId)
        if (!change || change.confirmedAt || user.disabledAt) return null
        const url = await link(MAILED_LINKS.confirmEmail, user.id, change.id)
        // Without the name: its owner could say anything with it to a stranger.
        return {
          message: messages.confirmEmail({ ...head, link: url }),
          userId: user.id,
          name: null,
        }
      }
      case 'email-changed': {
        const change = await emailChange(tx, mail.emailChangeId)
        const until = change?.reservedUntil
        if (!change || !until || until <= clock.now()) return null
        const lifetime = until.getTime() - clock.time()
        const kind = { ...MAILED_LINKS.takeBackEmail, lifetime }
        const url = await link(kind, user.id, change.id)
        return to(messages.emailChanged({ ...head, link: url, toEmail: change.toEmail, until }))
      }
      case 'new-device': {
        const notice = await tx.signInNotice.findUnique({ where: { id: mail.signInNoticeId } })
        if (!notice || notice.expiresAt <= clock.now()) return null
        const lifetime = notice.expiresAt.getTime() - clock.time()
        const url = await link({ ...MAILED_LINKS.disownSignIn, lifetime }, user.id, notice.id)
        const browser = describeBrowser(notice.userAgent)
        const { ip, signedInAt: at } = notice
        const facts = { link: url, at, browser, ip, place: placeOf(ip) }
        return to(messages.newDevice({ ...head, ...facts }))
      }
      default:
        return to(noticeOf(mail, head))
    }
  }

  /** Of somebody unknown, or whom a link would not let in, nothing is sent. */
  async function forgotten(
    tx: Transaction,
    { ip }: { ip: string },
    row: StoredMail,
    head: messages.Letterhead,
  ) {
    const found = await tx.user.findUnique({ where: { email: row.address }, select: { id: true } })
    const user = found && (await locked(tx, found.id))
    if (!user || user.disabledAt || user.email !== row.address) return null
    if (isChosenSince(user, row)) return null
    const { purpose } = MAILED_LINKS.forgottenPassword
    const open = await tx.oneTimeLink.findMany({
      where: { userId: user.id, purpose, expiresAt: { gt: clock.now() } },
      select: { about: true },
    })
    // Another try of the same mail is no further one.
    const others = new Set(open.map(({ about }) => about).filter((about) => about !== row.id))
    if (others.size >= MOST_OPEN) return null
    await recordLink(tx, user, row, ip)
    const asked = { userId: user.id, email: row.address, about: row.id }
    const link = await linkFor(tx, MAILED_LINKS.forgottenPassword, asked)
    const message = messages.forgottenPassword({ ...head, link })
    return { message, userId: user.id, name: user.name }
  }

  /** Once for each mail, however often that is tried. Who asked is not known, only from where. */
  async function recordLink(
    tx: Transaction,
    subject: NamedPerson,
    row: StoredMail,
    ip: string | null,
  ) {
    const isRecorded = await tx.oneTimeLink.count({ where: { userId: subject.id, about: row.id } })
    if (isRecorded > 0) return
    const { id, name } = subject
    const entry = { actor: null, subject: { id, name }, ip, details: { mailed: true } }
    await record(tx, { kind: 'link.created', ...entry })
  }

  async function linkFor(
    tx: Transaction,
    { page, ...kind }: MailedLinkKind,
    to: { userId: string | null; email: string; about: string },
  ): Promise<string> {
    const secret = await links.createForMail(tx, { ...kind, ...to })
    return `${pageUrl(page)}?token=${secret}`
  }

  async function locked(tx: Transaction, id: string) {
    await database.lockUsers(tx, [id])
    return tx.user.findUnique({ where: { id }, select: PERSON })
  }

  const emailChange = (tx: Transaction, id: string) => tx.emailChange.findUnique({ where: { id } })

  return { write, layOut }
}

const PERSON = {
  ...{ id: true, name: true, email: true, disabledAt: true },
  role: true,
  password: { select: { changedAt: true } },
  retiredPassword: { select: { userId: true } },
} as const

/** A link was asked for to change the password that there was then, and that link is dead by now. */
const isChosenSince = (
  { password }: { password: { changedAt: Date } | null },
  { createdAt }: StoredMail,
): boolean => password !== null && password.changedAt > createdAt
