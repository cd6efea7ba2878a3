import type { Server } from 'node:http'
import { createServer as createProbe } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { ServerBuild } from '@remix-run/node'
import type { Logger } from 'pino'
import type { ViteDevServer } from 'vite'
import { DatabaseUnusable } from '~/database/errors'
import { createAnswersBeforeRemix } from '~/web/answers-before-remix'
import { createClientAddress } from '~/web/client-address'
import { createLinkCookies } from '~/web/link-cookie'
import { isSameOrigin, namesOneHost } from '~/web/origin'
import { createProxyWarnings } from '~/web/proxy-warnings'
import { createSecurityHeaders } from '~/web/security-headers'
import { createOwnCookie } from '~/web/own-cookie'
import { createSessionCookie } from '~/web/session-cookie'
import { createSocketHub, type SocketHub } from '~/live/socket-hub'
import { createCspReports } from '~/web/csp-reports'
import { readEnv, SettingError, unknownInDotEnv, type Env } from './env'
import { CHECK_COOKIE } from '~/web/cookie-check'
import { withExpectedFailures } from '~/web/expected-failures'
import {
  createHttpServer,
  isWebSocket,
  refuseMalformedRequests,
  refuseOnSocket,
} from '~/web/http-server'
import { createLog, redirectConsoleToLog } from './log'
import { createOpenResponses } from '~/web/open-responses'
import { createPages } from '~/web/pages'
import { createRequestHandler } from '~/web/request-handler'
import { createServices, type Services } from './services'
import { closeOnSignals, type Closable } from './shut-down'
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
    const env = readEnv()
    const log = createLog(env.logLevel)
    if (!development) redirectConsoleToLog(log)
    for (const sentence of unknownInDotEnv()) log.warn(sentence)
    await refuseTakenPort(env)
    const services = await createServices({ env, log })
    return await serve({ env, log, services, development })
  } catch (error) {
    if (!(error instanceof SettingError) && !(error instanceof DatabaseUnusable)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
    return undefined
  }
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
  development: Development | undefined
}): Promise<Closable> {
  const { origin } = env
  const sessionCookie = createSessionCookie(origin)
  const securityHeaders = createSecurityHeaders({ origin, development: development !== undefined })
  const server = development?.httpServer ?? createHttpServer()

  const openResponses = createOpenResponses({ ...services, log })
  const hub = createSocketHub({
    ...services,
    log,
    isOurOrigin: (header) => isSameOrigin(origin, header),
    readSecret: (header) => sessionCookie.read(header),
    refuse: (socket, status) => refuseOnSocket(socket, status, securityHeaders.plain),
    isCutOff: services.nodes.isCutOff,
  })
  services.nodes.answerTabCounts(hub.openTabs)
  services.nodes.onCutOff(hub.sendAway)
  const clientAddress = createClientAddress(env.trustProxy)
  const handle = createRequestHandler({
    origin,
    log,
    securityHeaders,
    answerBeforeRemix: createAnswersBeforeRemix({
      services,
      sessionCookie,
      clientAddress,
      headers: securityHeaders.plain,
      log,
    }),
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
      linkCookies: createLinkCookies(origin),
      checkCookie: createOwnCookie(CHECK_COOKIE, origin),
      clientAddress,
      openTabs: (userId) => services.nodes.countTabs(userId),
      openResponses,
      securityHeaders,
      development: development !== undefined,
    }),
  })
  server.on('request', handle)
  refuseMalformedRequests(server, securityHeaders.plain)
  acceptUpgrades(server, hub, securityHeaders.plain, development !== undefined)
  const stopBackground = services.runInBackground()

  // Before anybody reads that it is ready, and may end it.
  const closable = closeOnSignals({
    log,
    server,
    hub,
    async finish() {
      openResponses.close()
      await stopBackground()
      await services.close()
    },
  })

  const setUpSecret = await services.setUp.createLink()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(env.port, env.host, resolve)
  })
  const ready = setUpSecret
    ? `Latchkey is ready. Create the first administrator: ${origin}/setup?token=${setUpSecret}`
    : `Latchkey is ready at ${origin}`
  process.stdout.write(`${ready}\n`)
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

function acceptUpgrades(
  server: Server,
  hub: SocketHub,
  headers: Readonly<Record<string, string>>,
  development: boolean,
) {
  server.on('upgrade', (request, socket, head) => {
    // Vite's own sockets; Vite answers them.
    const isVite = request.headers['sec-websocket-protocol']?.startsWith('vite-')
    if (development && isVite) return
    if (!isWebSocket(request) || !namesOneHost(request)) refuseOnSocket(socket, 400, headers)
    else hub.handleUpgrade(request, socket, head)
  })
}

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
