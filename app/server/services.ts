import type { Logger } from 'pino'
import { createAssertions } from '~/applications/assertions'
import { createCheckKeys } from '~/applications/check-keys'
import { createEnterApplication } from '~/applications/enter'
import { createForwardAuth } from '~/applications/forward-auth'
import { createKnownApplications } from '~/applications/known'
import { createOpenApplication } from '~/applications/open'
import { createVisitors } from '~/applications/visitors'
import { createVisits } from '~/applications/visits'
import { createEndLostAccess, hasShownFactor, refusalToOpen } from '~/applications/access'
import {
  createCompareConfiguration,
  createPrintConfiguration,
} from '~/applications/print-configuration'
import { createRegistry } from '~/applications/registry'
import { createSignIns } from '~/applications/sign-ins'
import { createApiTokens } from '~/accounts/api-tokens/api-tokens'
import { createVerifyToken } from '~/accounts/api-tokens/verify-token'
import { createAdministerMail } from '~/accounts/administer-mail'
import { createAttemptLimits } from '~/accounts/attempt-limits'
import { createAuditLog } from '~/accounts/audit/audit-log'
import { createRecordAudit } from '~/accounts/audit/record'
import { systemClock as realClock, type Clock } from '~/accounts/time'
import { createTakeBack } from '~/accounts/take-back'
import { createOneTimeLinks } from '~/accounts/one-time-links'
import { createRevocations } from '~/accounts/revocations'
import { createIdentityCache } from '~/accounts/sessions/identity-cache'
import { ACTIVITY_WRITE_INTERVAL, CACHE_SIZE, PURGE_INTERVAL } from '~/accounts/sessions/policy'
import { createNameSession } from '~/accounts/sessions/name-session'
import { createSessions } from '~/accounts/sessions/sessions'
import { createCodeAttempts } from '~/accounts/factors/code-attempts'
import { createFactors } from '~/accounts/factors/factors'
import { createShownFactors } from '~/accounts/factors/shown-factor'
import { isFactorDemanded } from '~/accounts/factors/which'
import { createAdmit } from '~/accounts/sign-in/admit'
import { createPasskeys } from '~/accounts/sign-in/passkeys'
import { createSignIn } from '~/accounts/sign-in/sign-in'
import { createDisownSignIn } from '~/accounts/reclaim/disown-sign-in'
import { createOlderAccess } from '~/accounts/reclaim/older-access'
import { createTakeBackEmail } from '~/accounts/reclaim/take-back-email'
import { createEmailChanges } from '~/accounts/users/email-changes'
import { createStepUp } from '~/accounts/sign-in/step-up'
import { createExportAccount } from '~/accounts/users/export-account'
import { createOwnAccount } from '~/accounts/users/own-account'
import { createPasswords, highestStoredCost } from '~/accounts/sign-in/passwords'
import { createAdministerAccess } from '~/accounts/users/administer-access'
import { createAdministration } from '~/accounts/users/administration'
import { createAddPeople } from '~/accounts/users/add-people'
import { createChoosePassword } from '~/accounts/sign-in/choose-password'
import { createForgottenPassword } from '~/accounts/sign-in/forgotten-password'
import { createGroups } from '~/accounts/users/groups'
import { createFindUser } from '~/accounts/users/find-user'
import { createNextSteps } from '~/accounts/users/next-steps'
import { createSearchUsers } from '~/accounts/users/search-users'
import { createSignUp } from '~/accounts/users/sign-up'
import { createSignUpByMail } from '~/accounts/users/sign-up-by-mail'
import { giveUsernames } from '~/accounts/users/give-usernames'
import { unifyEmails } from '~/accounts/users/unify-emails'
import { openDatabase } from '~/database/open'
import type { Database, DatabaseOptions } from '~/database/types'
import { createMailRoom, withCallbacks } from '~/mail/mail-room'
import { createNodes } from '~/nodes/nodes'
import { placeOf } from '~/web/places'
import { browserInWords } from '~/web/shown-sessions'
import { every } from './background-work'
import type { Env } from './env'

export type Services = Awaited<ReturnType<typeof createServices>>

/**
 * Builds every service once, from the settings. Whoever needs one is given it: the routes through
 * Remix's load context, the socket hub and the answers before Remix by argument. A test of two nodes calls this twice.
 */
export async function createServices({
  env,
  log,
  systemClock = realClock,
  as = 'server',
  create = true,
  tidiesUp = true,
  timeFrom,
}: {
  env: Env
  log: Logger
  /** What a test replaces to let time go by. */
  systemClock?: Clock
  as?: 'server' | 'command-line'
  /** Whether a database that is not there is made. */
  create?: boolean
  /** Whether this server does what only one of several on a machine is to do. */
  tidiesUp?: boolean
  timeFrom?: DatabaseOptions['timeFrom']
}) {
  const opened = await openDatabase({
    url: env.databaseUrl,
    clock: systemClock,
    as,
    create,
    log,
    ...env.databaseLimits,
    ...(timeFrom && { timeFrom }),
  })
  const database = withCallbacks(opened)
  const clock = clockOf(database, systemClock)
  const passwords = createPasswords({
    cost: env.passwordCost,
    highestStored: await highestStoredCost(database),
  })
  const { sessionPolicy: policy, factorPolicy, siteName } = env
  const siteWords = ['latchkey', siteName, new URL(env.origin).hostname]

  const record = createRecordAudit({ clock, as })
  if (as === 'server' && tidiesUp) {
    await unifyEmails({ database, record, log })
    await giveUsernames({ database, record, log })
  }
  const limits = createAttemptLimits({ database, clock, log })
  const links = createOneTimeLinks({ clock })
  const nodes = createNodes({ database, as, log })
  const { changes } = nodes
  const takeBack = createTakeBack({ database, record, log })
  const revocations = createRevocations({ ...nodes, database, takeBack, clock, log })
  // Subscribes first, so that whoever is told next already sees the truth.
  const cache = createIdentityCache({ revocations, changes, clock, max: CACHE_SIZE })
  const mailRoom = createMailRoom({
    ...{ settings: env.mail, database, links, record, clock, log },
    site: { name: siteName, origin: env.origin },
    ...{ describeBrowser: browserInWords, placeOf },
    isFactorDemanded: (role) => isFactorDemanded(factorPolicy, role),
  })
  const { enqueueMail } = mailRoom
  const admit = createAdmit({ database, clock, record, enqueueMail, policy, factorPolicy })
  const sessions = createSessions({ database, revocations, cache, record, clock, policy, admit })
  const shared = {
    ...{ database, revocations, passwords, limits, record, enqueueMail },
    ...{ clock, policy, siteName, siteWords, admit, factorPolicy },
  }

  const endLostAccess = createEndLostAccess({ database, record })
  const applications = {
    ...shared,
    sessions,
    endLostAccess,
    site: env.origin,
    allowHttp: env.allowHttp,
  }

  const assertions = createAssertions({ database, clock, site: env.origin })
  const forwardAuth = createForwardAuth({
    known: createKnownApplications({ database, cache }),
    visitors: createVisitors({ database, cache }),
    assertions,
  })
  const checkKeys = createCheckKeys({ signing: assertions.signingKey, database, clock })
  const registry = createRegistry(applications)
  const printConfiguration = createPrintConfiguration({ registry, site: env.origin, listens: env })

  const tokens = createVerifyToken({ database, cache, clock, log })
  const noteTokenUse = tokens.noteUse
  const visits = createVisits({ database, activity: sessions, noteTokenUse, clock, log })
  const signingUp = { isOpen: env.signUp === 'open', needsMail: mailRoom.isSetUp }
  const { signUp, signUpState, ...setUp } = createSignUp({ ...shared, ...signingUp, links })

  const { auditRetention } = env
  const auditLog = createAuditLog({ ...shared, retention: auditRetention })

  async function writeActivity() {
    await sessions.flushActivity()
    await tokens.flush()
    await visits.flush()
  }

  const passkeys = createPasskeys({ ...shared, sessions, links, site: env.origin })
  const shownFactors = createShownFactors({ codes: createCodeAttempts(shared), passkeys })
  const disownSignIn = createDisownSignIn({ ...shared, sessions, links })

  await nodes.join()

  return {
    clock,
    siteName,
    database,
    nodes,
    revocations,
    sessions,
    tokens,
    apiTokens: createApiTokens({ ...shared, sessions, refusalToOpen, hasShownFactor }),
    signIn: createSignIn({ ...shared, sessions }),
    nameSession: createNameSession({ ...shared, sessions }),
    ...createFactors({ ...shared, sessions, links, shownFactors, makingPasskeys: passkeys.making }),
    passkeys,
    stepUp: createStepUp({ ...shared, sessions, shownFactors }),
    signUp,
    signUpState,
    signUpByMail: createSignUpByMail({ ...shared, links, signUpState }),
    setUp,
    mail: { isSetUp: mailRoom.isSetUp, folder: mailRoom.folder, ...createAdministerMail(shared) },
    forgottenPassword: createForgottenPassword(shared),
    choosePassword: createChoosePassword({ ...shared, links }),
    ownAccount: createOwnAccount({ ...shared, sessions, links, sendsMail: mailRoom.isSetUp }),
    emailChanges: createEmailChanges({ ...shared, sessions, links }),
    takeBackEmail: createTakeBackEmail({ ...shared, links }),
    disownSignIn,
    olderAccess: createOlderAccess({ ...shared, disownSignIn }),
    exportAccount: createExportAccount(shared),
    searchUsers: createSearchUsers({ database, clock }),
    ...createFindUser({ database, clock }),
    nextSteps: createNextSteps({ ...shared, sessions }),
    administration: createAdministration({ ...shared, links }),
    access: createAdministerAccess(shared),
    addPeople: createAddPeople(shared),
    groups: createGroups(applications),
    applications: registry,
    applicationSignIns: createSignIns(applications),
    openApplication: createOpenApplication(applications),
    enterApplication: createEnterApplication(applications),
    forwardAuth,
    checkKeys,
    visits,
    printConfiguration,
    compareConfiguration: createCompareConfiguration(printConfiguration),
    ...auditLog,
    /** How long events are kept, in milliseconds. */
    auditRetention,
    /** Starts what happens without being asked for. Returns the way to stop, which writes the rest. */
    runInBackground() {
      const stops = [every(ACTIVITY_WRITE_INTERVAL, writeActivity, log), mailRoom.run()]
      if (tidiesUp) {
        stops.push(every(PURGE_INTERVAL, sessions.purge, log))
        stops.push(every(PURGE_INTERVAL, auditLog.purgeAudit, log))
        stops.push(every(PURGE_INTERVAL, mailRoom.purge, log))
      }
      return async () => {
        for (const stop of stops) await stop()
        await writeActivity()
      }
    },
    async close() {
      await nodes.leave()
      await passwords.close()
      await database.close()
    },
  }
}

/** The rules go by the database's time, which is the same on every machine that shares it. */
function clockOf(database: Database, system: Clock): Clock {
  const now = () => database.now()
  return { now, time: () => now().getTime(), monotonic: () => system.monotonic() }
}
