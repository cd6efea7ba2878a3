import { connect } from 'node:net'
import { ok, skipped, warning, wrong, type Finding } from '~/database/findings'
import type { Env } from '~/server/env'
import { ask, askForSocket, explain, isNobodyThere } from './ask-origin'
import { ARRIVAL_CHECKS, examineArrivals } from './examine-arrivals'

const [REACHED, SOCKET] = ['origin', 'socket'] as const
const LATER = [...ARRIVAL_CHECKS, SOCKET] as const
/** What examineOrigin looks at, in its order. */
export const ORIGIN_CHECKS = [REACHED, ...LATER] as const

const GATEWAY = /^50[234]$/
const TOO_SLOW_MS = 1_000

type Asked = Pick<Env, 'origin' | 'host' | 'port' | 'trustProxy'>

/**
 * Asks the installation itself at the address that people use, as they do: through whatever proxy
 * stands there.
 *
 * @param identity of the database that doctor looks at, if that could be read
 */
export async function examineOrigin(env: Asked, identity: string | undefined): Promise<Finding[]> {
  const { origin } = env
  try {
    const reached = await examineReach(env)
    if (reached.verdict !== 'ok') {
      return [reached, ...skipped(LATER, `Latchkey does not answer at ${origin}`)]
    }
    return [reached, ...(await examineArrivals(env, identity)), await examineSocket(origin)]
  } catch (error) {
    if (isNobodyThere(error)) {
      const sentence =
        `nothing answers at ${origin} (${explain(error)}). When the server and its proxy run, ` +
        'ask again, on a machine that reaches them'
      return skipped(ORIGIN_CHECKS, sentence).map((finding, index) =>
        index === 0 ? finding : { ...finding, text: 'nothing answers' },
      )
    }
    return [
      wrong(REACHED, `${origin} cannot be asked: ${explain(error)}`),
      ...skipped(LATER, 'no answer'),
    ]
  }
}

async function examineReach(env: Asked): Promise<Finding> {
  const { origin, host, port } = env
  const { status, text, location } = await ask(`${origin}/healthz`)
  if (status === 200 && text.trim() === 'ok') return ok(REACHED)
  if (location !== undefined) {
    return wrong(
      REACHED,
      `${origin} only leads on to ${location}. Set ORIGIN to the address that people end up at.`,
    )
  }
  const there = `http://${host}:${port}`
  if (!GATEWAY.test(String(status))) {
    return wrong(
      REACHED,
      `${origin} is answered by something else than Latchkey, with status ${status}. Let the proxy pass ` +
        `every path on to ${there}.`,
    )
  }
  if (await isListening(host, port)) {
    return wrong(
      REACHED,
      `The proxy at ${origin} answers ${status}, though something listens at ${there}. Let it pass ` +
        'requests on to there.',
    )
  }
  return skipped([REACHED], `the proxy at ${origin} runs, and the server does not (${status})`)[0]!
}

/** Without a cookie: whoever is to be let in has to be asked, which only Latchkey can. */
async function examineSocket(origin: string): Promise<Finding> {
  const status = await askForSocket(origin)
  if (status === 401) return ok(SOCKET)
  if (status === 503) {
    return warning(
      SOCKET,
      'The server takes no open tabs for the time being: it does not hear of endings, or cannot ask its ' +
        'database. See the checks of the database.',
    )
  }
  const answered = status === 101 ? 'opened by somebody else' : `answered with status ${status}`
  return wrong(
    SOCKET,
    `A WebSocket to ${origin} is ${answered}, not by Latchkey: open tabs hear of an ending only when they ` +
      'ask, every 30 seconds. Let the proxy pass on Upgrade, Connection and Origin: nginx ' +
      '"proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection ' +
      '"upgrade";", Apache "ProxyPass / … upgrade=websocket"; Caddy and Traefik do so by themselves.',
  )
}

function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: TOO_SLOW_MS })
    const answer = (isThere: boolean) => () => {
      socket.destroy()
      resolve(isThere)
    }
    socket.on('connect', answer(true))
    socket.on('error', answer(false))
    socket.on('timeout', answer(false))
  })
}
