import type { Server } from 'node:http'
import { createServer as createProbe } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { ServerBuild } from '@remix-run/node'
import type { Logger } from 'pino'
import type { ViteDevServer } from 'vite'
import { DatabaseUnusable } from '~/database/errors'
import { createApplicationDoor } from '~/web/application-live'
import { createApplicationHost } from '~/web/application-host'
import { createForwardAuth } from '~/web/forward-auth'
import { createAnswersBeforeRemix } from '~/web/answers-before-remix'
import { createClientAddress } from '~/web/client-address'
import { isSameOrigin } from '~/web/origin'
import { createProxyWarnings } from '~/web/proxy-warnings'
import { createSecurityHeaders } from '~/web/security-headers'
import { createSessionCookie } from '~/web/session-cookie'
import { createDoors } from '~/live/doors'
import { createSocketHub } from '~/live/socket-hub'
import { createCspReports } from '~/web/csp-reports'
import { createCookies } from './cookies'
import { CannotStart, FIRST_WORKER, startWorkers } from './cluster'
import { refuseUnusableFolder } from './mail-settings'
import { readEnv, SettingError, unknownInDotEnv, type Env } from './env'
import { withExpectedFailures } from '~/web/expected-failures'
import { createHttpServer, refuseMalformedRequests, refuseOnSocket } from '~/web/http-server'
import { createLog, redirectConsoleToLog } from './log'
import { createOpenResponses } from '~/web/open-responses'
import { createPages } from '~/web/pages'
import { createRequestHandler } from '~/web/request-handler'
import { sayReady } from './say-ready'
import { createServices, type Services } from './services'
import { closeOnSignals, type Closable } from './shut-down'
import { acceptUpgrades } from './upgrades'
import { createStaticFiles } from '~/web/static-files'

type Development = { vite: ViteDevServer; httpServer: Server }

/**
 * Starts the server and says so on standard output. A setting or database that is wrong ends the
 * process with a sentence that names the fix.
 *
 * @param options.development how pages are made while developing; the built ones are served otherwise
 */
export async function startServer({ development }: { development?: Development } = {}): Promise<
  Closable | undefined
> {
  try {
    const env = readEnv({ development: development !== undefined })
    const log = createLog(env.logLevel)
    if (!development) redirectConsoleToLog(log)
    for (const sentence of unknownInDotEnv()) log.warn(sentence)
    await refuseTakenPort(env)
    await refuseUnusableFolder(env)
    if (env.nodes > 1 && !development) return await startSeveral(env, log)
    if (env.nodes > 1)
      log.warn('NODES is for npm start: this is one node, as always by npm run dev.')
    const services = await createServices({ env, log })
    const setUpLink = await services.setUp.createLink({ keepYoung: true })
    const closable = await serve({ env, log, services, development })
    sayReady({ ...env, nodes: 1 }, setUpLink)
    return closable
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`)
    process.exitCode = 1
    return undefined
  }
}

/** Says once, before there are workers, what would be wrong in each, and makes the one set-up link. */
async function startSeveral(env: Env, log: Logger): Promise<Closable> {
  const services = await createServices({ env, log, as: 'command-line' })
  const setUpLink = await services.setUp.createLink({ keepYoung: true })
  await services.close()
  const closable = await startWorkers({ count: env.nodes, log })
  sayReady(env, setUpLink)
  return closable
}

/** Starts one of several servers, whose primary has the port and everything to say. */
export async function startWorker(number: number) {
  try {
    const env = readEnv()
    const log = createLog(env.logLevel).child({ worker: number })
    redirectConsoleToLog(log)
    const services = await createServices({ env, log, tidiesUp: number === FIRST_WORKER })
    await serve({ env, log, services })
  } catch (error) {
    process.send?.(sentenceOf(error), () => process.exit(1))
  }
}

/** @throws what nobody could have foreseen */
function sentenceOf(error: unknown): string {
  const isForeseen = [SettingError, DatabaseUnusable, CannotStart].some(
    (kind) => error instanceof kind,
  )
  if (!isForeseen) throw error
  return (error as Error).message
}

async function serve({
  env,
  log,
  services,
  development,
}: {
  env: Env
  log: Logger
  services: Services
  development?: Development | undefined
}): Promise<Closable> {
  const { origin } = env
  const sessionCookie = createSessionCookie(origin)
  const securityHeaders = createSecurityHeaders({ origin, development: development !== undefined })
  const server = development?.httpServer ?? createHttpServer()

  const openResponses = createOpenResponses({ ...services, log })
  const hub = createSocketHub({
    ...services,
    log,
    stillSignedIn: (ids) => services.applicationSignIns.stillSignedIn(ids),
    doorFor: createDoors({
      sessions: services.sessions,
      isOurOrigin: (header) => isSameOrigin(origin, header),
      readSecret: (header) => sessionCookie.read(header),
      applicationDoor: createApplicationDoor(services),
    }),
    refuse: (socket, status) => refuseOnSocket(socket, status, securityHeaders.plain),
    isCutOff: services.nodes.isCutOff,
  })
  services.nodes.answerTabCounts(hub.openTabs)
  services.nodes.onCutOff(hub.sendAway)
  const clientAddress = createClientAddress(env.trustProxy)
  const atApplications = { services, clientAddress, headers: securityHeaders.atApplications, log }
  const answerQuestion = createForwardAuth(atApplications)
  const answersBeforeRemix = createAnswersBeforeRemix({
    services,
    sessionCookie,
    clientAddress,
    trustProxy: env.trustProxy,
    headers: securityHeaders.plain,
    log,
  })
  const handle = createRequestHandler({
    origin,
    siteName: services.siteName,
    log,
    securityHeaders,
    answerBeforeRemix: (...asked) => answerQuestion(...asked) || answersBeforeRemix(...asked),
    applicationHost: createApplicationHost({ ...atApplications, origin }),
    reports: createCspReports({ log }),
    proxyWarnings: createProxyWarnings({ origin, trustsProxies: env.trustProxy !== null, log }),
    staticFiles: development
      ? development.vite.middlewares
      : createStaticFiles(fileURLToPath(builtFile('../client/'))),
    pages: createPages({
      build: development ? () => loadBuild(development.vite) : await builtPages(),
      origin,
      services,
      sessionCookie,
      ...createCookies(origin),
      clientAddress,
      openTabs: (userId) => services.nodes.countTabs(userId),
      openResponses,
      securityHeaders,
      development: development !== undefined,
    }),
  })
  server.on('request', handle)
  refuseMalformedRequests(server, securityHeaders.plain)
  acceptUpgrades(server, {
    hub,
    answerQuestion,
    headers: securityHeaders.plain,
    development: development !== undefined,
  })
  const stopBackground = services.runInBackground()

  // Before anybody reads that it is ready, and may end it.
  const closable = closeOnSignals({
    log,
    server,
    hub,
    async finish() {
      openResponses.close()
      try {
        await stopBackground()
      } finally {
        // Or every ending would wait for a node that is not there any more.
        await services.close()
      }
    },
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(env.port, env.host, resolve)
  })
  return closable
}

/** Remix's server build; in the built server it lies beside this file's folder. */
async function builtPages(): Promise<ServerBuild> {
  const build = (await import(
    /* @vite-ignore */ builtFile('../server/index.js').href
  )) as ServerBuild
  return withExpectedFailures(build)
}

async function loadBuild(vite: ViteDevServer): Promise<ServerBuild> {
  return withExpectedFailures(
    (await vite.ssrLoadModule('virtual:remix/server-build')) as unknown as ServerBuild,
  )
}

const builtFile = (path: string) => new URL(path, import.meta.url)

/** Asks before anything else, so that a second start by mistake changes nothing and says what is wrong. */
async function refuseTakenPort({ host, port }: Env) {
  await new Promise<void>((resolve, reject) => {
    const probe = createProbe()
    probe.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new SettingError(
          error.code === 'EADDRINUSE'
            ? `Port ${port} is in use. Stop what uses it, or set PORT to another one.`
            : `Cannot listen on HOST ${host}, PORT ${port}: ${error.message}.`,
        ),
      )
    })
    probe.listen(port, host, () => probe.close(() => resolve()))
  })
}
