import { connect } from 'node:net'
import { ok, skipped, warning, wrong, type Finding } from '~/database/findings'
import type { Env } from '~/server/env'
import { isHostOf } from '~/web/origin'
import { ask, askForSocket, explain, isNobodyThere } from './ask-origin'

/** What examineOrigin looks at, in its order. */
export const ORIGIN_CHECKS = ['origin', 'host', 'addresses', 'socket'] as const
const [REACHED, HOST, ADDRESS, SOCKET] = ORIGIN_CHECKS
const LATER = [HOST, ADDRESS, SOCKET] as const

/** An address of documentation (RFC 5737), which nobody has. */
const FORGED = '203.0.113.7'
const GATEWAY = /^50[234]$/
const TOO_SLOW_MS = 1_000

/** What `/api/v1/connection` says. */
type Arrived = { address: string; host: string; isForwarded: boolean }

type Asked = Pick<Env, 'origin' | 'host' | 'port' | 'trustProxy'>

/**
 * Asks the installation itself at the address that people use, as they do: through whatever proxy
 * stands there.
 */
export async function examineOrigin(env: Asked): Promise<Finding[]> {
  const { origin } = env
  try {
    const reached = await examineReach(env)
    if (reached.verdict !== 'ok') {
      return [reached, ...skipped(LATER, `Latchkey does not answer at ${origin}`)]
    }
    return [reached, ...(await examineProxy(env)), await examineSocket(origin)]
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

async function examineProxy(env: Asked): Promise<Finding[]> {
  const [plain, forged] = await Promise.all([
    askArrived(env.origin, {}),
    askArrived(env.origin, { 'X-Forwarded-For': FORGED }),
  ])
  if (!plain || !forged) {
    const text = `the server at ${env.origin} is of an older version, or its proxy keeps /api/v1/connection to itself`
    return skipped([HOST, ADDRESS], text)
  }
  return [examineHost(env.origin, plain.host), examineAddress(env, plain, forged)]
}

async function askArrived(
  origin: string,
  headers: Record<string, string>,
): Promise<Arrived | undefined> {
  const { status, text } = await ask(`${origin}/api/v1/connection`, headers)
  if (status !== 200) return undefined
  try {
    const { address, host, isForwarded } = JSON.parse(text) as Partial<Arrived>
    return { address: String(address), host: String(host), isForwarded: isForwarded === true }
  } catch {
    return undefined
  }
}

function examineHost(origin: string, arrived: string): Finding {
  if (isHostOf(origin, arrived)) return ok(HOST)
  const { host } = new URL(origin)
  return wrong(
    HOST,
    `The proxy asks for the host "${arrived}", where browsers ask for "${host}", so that everybody gets a ` +
      `page with a link to ${origin} instead of an answer. Let it send "Host: ${host}": nginx ` +
      `"proxy_set_header Host ${host};", Apache "ProxyPreserveHost On".`,
  )
}

const SEND_ADDRESS =
  'nginx "proxy_set_header X-Forwarded-For $remote_addr;"; Caddy and Traefik do so by themselves'

function examineAddress({ origin, trustProxy }: Asked, plain: Arrived, forged: Arrived): Finding {
  if (forged.address === FORGED) {
    const how = plain.isForwarded
      ? 'TRUST_PROXY counts more proxies than there are: lower it.'
      : 'What arrives as X-Forwarded-For is what they wrote there. If a proxy stands in front, let it ' +
        `replace that header (${SEND_ADDRESS}); if none does, set TRUST_PROXY=0.`
    return wrong(
      ADDRESS,
      `Visitors can choose the address that they are known by, and guess passwords without limit. ${how}`,
    )
  }
  if (plain.isForwarded && trustProxy === null) {
    return wrong(
      ADDRESS,
      'A proxy says for whom it asks, and TRUST_PROXY is 0: all people have the address of the proxy, and ' +
        'one who mistypes passwords locks out the others. Set TRUST_PROXY to the number of proxies, or ' +
        'to their addresses.',
    )
  }
  if (!plain.isForwarded && origin.startsWith('https:')) {
    return wrong(
      ADDRESS,
      'The proxy does not say for whom it asks: all people have its address, and one who mistypes ' +
        `passwords locks out the others. Let it send X-Forwarded-For (${SEND_ADDRESS}), and set ` +
        'TRUST_PROXY to the number of proxies.',
    )
  }
  if (plain.address === 'unknown') {
    return wrong(
      ADDRESS,
      'What the proxy sends as X-Forwarded-For holds no address. Let it send the one of its visitor: ' +
        `${SEND_ADDRESS}.`,
    )
  }
  return ok(ADDRESS, `this machine arrives as ${plain.address}`)
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
