import type { Logger } from 'pino'
import type { RecordAudit } from '~/accounts/audit/record'
import type { EnqueueMail } from '~/accounts/mail'
import type { OneTimeLinks } from '~/accounts/one-time-links'
import type { Clock } from '~/accounts/time'
import type { Database, Role, Transaction } from '~/database/types'
import { createEnqueueMail } from './enqueue'
import { createLetters } from './letters'
import { createOutbox } from './outbox'
import type { Site } from './message'
import type { MailSettings } from './settings'
import { createTransportOf } from './transport'

export type MailRoom = {
  isSetUp: boolean
  /** Where mails are written, if they are sent to nobody. */
  folder: string | null
  enqueueMail: EnqueueMail
  /** Sends what was enqueued, here or elsewhere. Returns the way to stop. */
  run: () => () => Promise<void>
  /** Deletes what was sent long ago. */
  purge: () => Promise<void>
}

/** Everything that has to do with sending mails; without settings, what sends none. */
export function createMailRoom({
  settings,
  database,
  links,
  record,
  clock,
  site,
  describeBrowser,
  placeOf,
  isFactorDemanded,
  log,
}: {
  settings: MailSettings | null
  database: WakingDatabase
  links: OneTimeLinks
  record: RecordAudit
  clock: Clock
  site: Site
  describeBrowser: (userAgent: string) => string
  placeOf: (address: string) => string
  isFactorDemanded: (role: Role) => boolean
  log: Logger
}): MailRoom {
  const enqueue = createEnqueueMail({ clock, isSetUp: settings !== null })
  if (!settings) {
    const nothing = () => Promise.resolve()
    const none = { isSetUp: false, folder: null, enqueueMail: enqueue }
    return { ...none, run: () => nothing, purge: nothing }
  }
  const told = { describeBrowser, placeOf, isFactorDemanded }
  const letters = createLetters({ database, links, record, clock, site, ...told })
  const transport = createTransportOf(settings, new URL(site.origin).hostname)
  const outbox = createOutbox({ database, letters, transport, clock, log })
  return {
    isSetUp: true,
    folder: 'folder' in settings.way ? settings.way.folder : null,
    async enqueueMail(tx, to, mail) {
      await enqueue(tx, to, mail)
      database.afterCommit(tx, outbox.wake)
    },
    run: outbox.run,
    purge: outbox.purge,
  }
}

/** A database that calls back when a transaction was committed. */
export type WakingDatabase = Database & {
  afterCommit(tx: Transaction, callback: () => void): void
}

/** Mails are sent after the commit of what they tell about, and soon: whoever waits for one looks at the clock. */
export function withCallbacks(database: Database): WakingDatabase {
  const callbacks = new WeakMap<Transaction, () => void>()
  return {
    ...database,
    afterCommit: (tx, callback) => void callbacks.set(tx, callback),
    async transaction(work) {
      let last: Transaction | undefined
      const value = await database.transaction((tx) => work((last = tx)))
      if (last) callbacks.get(last)?.()
      return value
    },
  }
}
