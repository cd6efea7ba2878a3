import type { IncomingMessage } from 'node:http'
import type { Sessions } from '~/accounts/sessions/sessions'
import type { Admitted, Door } from './admission'
import { APPLICATION_LIVE_PATH, LIVE_PATH } from './messages'

/** Where a request for a socket goes; null when there is nothing at its address. */
export type Doors = (request: IncomingMessage) => Door | null | Promise<Door | null>

/**
 * The account site's own pages ask at one address, and those of an application at another, at its own
 * host and with the cookie of that host.
 */
export function createDoors({
  sessions,
  isOurOrigin,
  readSecret,
  applicationDoor,
}: {
  sessions: Pick<Sessions, 'verifySession'>
  isOurOrigin: (originHeader: string) => boolean
  readSecret: (cookieHeader: string | undefined) => string | undefined
  /** That of the application whose host the request names. */
  applicationDoor: (request: IncomingMessage) => Promise<Door | null>
}): Doors {
  async function verify(cookie: string | undefined): Promise<Admitted | null> {
    const session = await sessions.verifySession(readSecret(cookie))
    if (!session) return null
    const { value: viewer, expiresAt } = session
    const ids = { userId: viewer.user.id, sessionId: viewer.session.id }
    return { ...ids, applicationSessionId: null, expiresAt }
  }

  return (request) => {
    if (request.url === APPLICATION_LIVE_PATH) return applicationDoor(request)
    if (request.url !== LIVE_PATH) return null
    return { isOurOrigin, verify: () => verify(request.headers.cookie) }
  }
}
