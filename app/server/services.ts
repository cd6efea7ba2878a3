import type { Logger } from 'pino'
import { createApiTokens } from '~/accounts/api-tokens/api-tokens'
import { createVerifyToken } from '~/accounts/api-tokens/verify-token'
import { createAttemptLimits } from '~/accounts/sign-in/attempt-limits'
import { createRecordAudit } from '~/accounts/audit/record'
import { createSearchAudit } from '~/accounts/audit/search'
import { systemClock, type Clock } from '~/accounts/clock'
import { createOneTimeLinks } from '~/accounts/one-time-links'
import { createRevocations } from '~/accounts/revocations'
import { ACTIVITY_WRITE_INTERVAL } from '~/accounts/sessions/policy'
import { createSessions } from '~/accounts/sessions/sessions'
import { createSignIn } from '~/accounts/sign-in/sign-in'
import { createExportAccount } from '~/accounts/users/export-account'
import { createOwnAccount } from '~/accounts/users/own-account'
import { createPasswords } from '~/accounts/sign-in/passwords'
import { createAdministerAccess } from '~/accounts/users/administer-access'
import { createAdministration } from '~/accounts/users/administration'
import { createAddPeople } from '~/accounts/users/add-people'
import { createChoosePassword } from '~/accounts/sign-in/choose-password'
import { createFindUser } from '~/accounts/users/find-user'
import { createSearchUsers } from '~/accounts/users/search-users'
import { createSignUp } from '~/accounts/users/sign-up'
import { unifyEmails } from '~/accounts/users/unify-emails'
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
  create = true,
}: {
  env: Env
  log: Logger
  clock?: Clock
  /** Whether this process is the server, of which an SQLite file bears one. The command line is not. */
  owner?: boolean
  /** Whether a database that is not there is made. */
  create?: boolean
}) {
  const database = await openDatabase({ url: env.databaseUrl, clock, owner, create })
  const passwords = await createPasswords({ cost: env.passwordCost })
  const policy = env.sessionPolicy
  const siteWords = ['latchkey', new URL(env.origin).hostname]

  const record = createRecordAudit({ clock })
  if (owner) await unifyEmails({ database, record, log })
  const limits = createAttemptLimits({ database, clock })
  const links = createOneTimeLinks({ clock })
  const revocations = createRevocations({ database, clock, log })
  const sessions = createSessions({ database, revocations, record, clock, policy, log })
  const shared = { database, revocations, passwords, limits, record, clock, policy, siteWords }

  const tokens = createVerifyToken({ database, revocations, clock, log })
  const { signUp, ...setUp } = createSignUp({ ...shared, links })

  return {
    clock,
    database,
    revocations,
    sessions,
    tokens,
    apiTokens: createApiTokens({ ...shared, sessions }),
    signIn: createSignIn({ ...shared, sessions }),
    signUp,
    setUp,
    choosePassword: createChoosePassword({ ...shared, links }),
    ownAccount: createOwnAccount({ ...shared, sessions }),
    exportAccount: createExportAccount({ database, record, clock }),
    searchUsers: createSearchUsers({ database, clock }),
    findUser: createFindUser({ database, clock }),
    administration: createAdministration({ ...shared, links }),
    access: createAdministerAccess(shared),
    addPeople: createAddPeople(shared),
    searchAudit: createSearchAudit({ database }),
    /** Starts what happens without being asked for. Returns the way to stop, which writes the rest. */
    runInBackground() {
      const stopSessions = sessions.runInBackground()
      const timer = setInterval(() => void tokens.flush(), ACTIVITY_WRITE_INTERVAL)
      timer.unref()
      return async () => {
        clearInterval(timer)
        await tokens.flush()
        await stopSessions()
      }
    },
    async close() {
      await passwords.close()
      await database.close()
    },
  }
}
