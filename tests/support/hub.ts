import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Listener, Revocation } from '../../app/accounts/revocations'
import type { VerifiedSession } from '../../app/accounts/sessions/verify'
import { createDoors } from '../../app/live/doors'
import { createSocketHub } from '../../app/live/socket-hub'
import { refuseOnSocket } from '../../app/web/http-server'
import { createFakeClock } from './fake-clock'
import { silentLog } from './services'

const NEVER = 8.64e15

/**
 * A socket hub on a port of its own, for sessions that the test makes up: the secret `ada/1` is that
 * of Ada's session of that id.
 */
export async function startHub({ pingInterval }: { pingInterval?: number } = {}) {
  const clock = createFakeClock()
  const expiry = new Map<string, number>()
  const listeners = new Set<Listener>()
  const hearing = { isCutOff: false }
  const verify = { run: (secret: string) => Promise.resolve(sessionOf(secret)) }

  function sessionOf(secret: string): VerifiedSession | null {
    const expiresAt = expiry.get(secret)
    if (expiresAt === undefined || expiresAt <= clock.time()) return null
    const [userId = ''] = secret.split('/')
    return {
      dependsOn: [secret, userId],
      value: {
        user: { id: userId, username: userId, name: userId, email: '', role: 'user' },
        session: {
          id: secret,
          createdAt: new Date(0),
          endsAt: new Date(NEVER),
          authenticatedAt: new Date(0),
          secondFactor: null,
          formKey: '',
          secretKey: '',
        },
      },
      expiresAt,
    }
  }

  const active = {
    run: (ids: readonly string[]) =>
      Promise.resolve(
        new Map(ids.flatMap((id) => (sessionOf(id) ? [[id, new Date(expiry.get(id)!)]] : []))),
      ),
  }

  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const origin = `http://localhost:${port}`
  const hub = createSocketHub({
    sessions: { stillActive: (ids) => active.run(ids) },
    stillSignedIn: (ids) => Promise.resolve(new Set(ids)),
    revocations: {
      commit: () => Promise.reject(new Error('The hub only listens')),
      subscribe(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    clock,
    doorFor: createDoors({
      sessions: { verifySession: (secret) => verify.run(String(secret)) },
      isOurOrigin: (header) => header === origin,
      readSecret: (header) => header?.replace(/^latchkey-\d+=/, ''),
      applicationDoor: () => Promise.resolve(null),
    }),
    refuse: (socket, status) => refuseOnSocket(socket, status, {}),
    log: silentLog,
    isCutOff: () => hearing.isCutOff,
    ...(pingInterval !== undefined && { pingInterval }),
  })
  server.on('upgrade', hub.handleUpgrade)
  onTestFinished(() => {
    hub.close()
    server.close()
  })

  return {
    hub,
    origin,
    port,
    clock,
    /** Stand-ins that a test may replace. */
    verify,
    active,
    hearing,
    start: (secret: string, expiresAt = NEVER) => expiry.set(secret, expiresAt),
    end: (secret: string) => expiry.delete(secret),
    announce: (revocation: Revocation) =>
      [...listeners].reduce((tabs, listener) => tabs + (listener(revocation)?.tabs ?? 0), 0),
    anotherProcessWrote: () => listeners.forEach((listener) => listener({ type: 'unknown' })),
  }
}
