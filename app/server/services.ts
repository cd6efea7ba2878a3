import type { Logger } from 'pino'
import { createAttemptLimits } from '~/accounts/attempt-limits'
import { createRecordAudit } from '~/accounts/audit/record'
import { systemClock, type Clock } from '~/accounts/clock'
import { createOneTimeLinks } from '~/accounts/one-time-links'
import { createRevocations } from '~/accounts/revocations'
import { createSessions } from '~/accounts/sessions/sessions'
import { createSignIn } from '~/accounts/sign-in'
import { createExportAccount } from '~/accounts/users/export-account'
import { createOwnAccount } from '~/accounts/users/own-account'
import { createPasswords } from '~/accounts/users/passwords'
import { createSignUp } from '~/accounts/users/sign-up'
import { openDatabase } from '~/database/database'
import type { Env } from './env'

export type Services = Awaited<ReturnType<typeof createServices>>

/**
 * Builds every service once, from the settings. Whoever needs one is given it: the routes through
 * Remix's load context, the socket hub and the fast path by argument. A test of two nodes calls this twice.
 */
export async function createServices({
  env,
  log,
  clock = systemClock,
  owner = true,
}: {
  env: Env
  log: Logger
  clock?: Clock
  /** Whether this process is the server, of which an SQLite file bears one. The command line is not. */
  owner?: boolean
}) {
  const database = await openDatabase({ url: env.databaseUrl, clock, owner })
  const passwords = await createPasswords({ cost: env.passwordCost })
  const policy = env.sessionPolicy
  const siteWords = ['latchkey', new URL(env.origin).hostname]

  const record = createRecordAudit({ clock })
  const limits = createAttemptLimits({ client: database.client })
  const links = createOneTimeLinks({ clock })
  const revocations = createRevocations({ database, clock, log })
  const sessions = createSessions({ database, revocations, record, clock, policy, log })
  const shared = { database, revocations, passwords, limits, record, clock, policy, siteWords }

  return {
    clock,
    database,
    revocations,
    sessions,
    signIn: createSignIn({ ...shared, sessions }),
    ...pick(createSignUp({ ...shared, links })),
    ownAccount: createOwnAccount({ ...shared, sessions }),
    exportAccount: createExportAccount({ database, record, clock }),
    async close() {
      await passwords.close()
      await database.close()
    },
  }
}

const pick = ({
  signUp,
  createSetUpLink,
  isSetUpLink,
  setUp,
}: ReturnType<typeof createSignUp>) => ({
  signUp,
  setUp: { createLink: createSetUpLink, isLink: isSetUpLink, complete: setUp },
})
