import { ok, skipped, warning, wrong, type Finding } from '~/database/findings'
import type { Env } from '~/server/env'
import { isHostOf } from '~/web/origin'
import { PROOF_HEADER, proofOf } from '~/web/same-database'
import { ask } from './ask-origin'

/** What examineArrivals looks at, in its order. */
export const ARRIVAL_CHECKS = ['nodes', 'host', 'addresses'] as const
const [NODES, HOST, ADDRESS] = ARRIVAL_CHECKS

/** An address of documentation (RFC 5737), which nobody has. */
const FORGED = '203.0.113.7'

/** Of each kind. A proxy asks its nodes in turn; or as it likes, and then of ten one is rarely missed. */
const REQUESTS = 20
const AT_ONCE = 5

type TrustProxy = Env['trustProxy']

/** What `/api/v1/connection` says; the last two are there when it was asked with a proof. */
type Arrived = {
  address: string
  host: string
  isForwarded: boolean
  sharesDatabase: boolean | undefined
  /** Of the node that answered, which tells it to nobody who has another database. */
  trustProxy: TrustProxy | undefined
}

type Asked = Pick<Env, 'origin' | 'trustProxy'>

/**
 * Looks how requests arrive at the nodes behind a proxy, and at which nodes: as many as answer when it
 * asks again and again, each time on a new connection.
 *
 * @param identity of the database that doctor looks at, if that could be read
 */
export async function examineArrivals(
  env: Asked,
  identity: string | undefined,
): Promise<Finding[]> {
  const plain = await askOften(env.origin, identity, {})
  const forged = await askOften(env.origin, identity, { 'X-Forwarded-For': FORGED })
  if (plain.length === 0 || forged.length === 0) {
    const text = `the server at ${env.origin} is of an older version, or its proxy keeps /api/v1/connection to itself`
    return skipped(ARRIVAL_CHECKS, text)
  }
  return [
    examineDatabases(env.origin, identity, [...plain, ...forged]),
    examineHost(env.origin, plain),
    examineAddress(env, plain, forged),
  ]
}

async function askOften(
  origin: string,
  identity: string | undefined,
  headers: Record<string, string>,
): Promise<Arrived[]> {
  const arrived: Arrived[] = []
  for (let asked = 0; asked < REQUESTS; asked += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, () =>
      askArrived(origin, {
        ...headers,
        ...(identity !== undefined && { [PROOF_HEADER]: proofOf(identity) }),
      }),
    )
    arrived.push(...(await Promise.all(some)).filter((answer) => answer !== undefined))
  }
  return arrived
}

async function askArrived(
  origin: string,
  headers: Record<string, string>,
): Promise<Arrived | undefined> {
  const { status, text } = await ask(`${origin}/api/v1/connection`, headers)
  if (status !== 200) return undefined
  try {
    const said = JSON.parse(text) as Partial<Arrived>
    return {
      address: String(said.address),
      host: String(said.host),
      isForwarded: said.isForwarded === true,
      sharesDatabase: said.sharesDatabase,
      trustProxy: said.trustProxy,
    }
  } catch {
    return undefined
  }
}

/** A node on another database than the others, by an oversight, ends nothing of what these end. */
function examineDatabases(
  origin: string,
  identity: string | undefined,
  all: readonly Arrived[],
): Finding {
  if (identity === undefined) return skipped([NODES], 'this database cannot be looked into')[0]!
  const known = all.filter(({ sharesDatabase }) => sharesDatabase !== undefined)
  if (known.length === 0) {
    return skipped([NODES], `the server at ${origin} is of an older version`)[0]!
  }
  const others = known.filter(({ sharesDatabase }) => sharesDatabase === false)
  if (others.length === 0) return ok(NODES)
  if (others.length === known.length) {
    return wrong(
      NODES,
      `The server at ${origin} has another database than the one that DATABASE_URL names here. If this ` +
        'command was started without the settings of the server, start it with them. If not, start the ' +
        `server with this DATABASE_URL. ${WITHOUT}`,
    )
  }
  return wrong(
    NODES,
    `${others.length} of ${known.length} requests to ${origin} came to a node with another database than ` +
      'the one that DATABASE_URL names here: who is signed out on the others is not on that node. Start ' +
      `every node with the same DATABASE_URL. ${WITHOUT}`,
  )
}

const WITHOUT = 'One that is started without it makes an SQLite file of its own.'

function examineHost(origin: string, all: readonly Arrived[]): Finding {
  const other = all.find((arrived) => !isHostOf(origin, arrived.host))
  if (!other) return ok(HOST)
  const { host } = new URL(origin)
  return wrong(
    HOST,
    `The proxy asks for the host "${other.host}", where browsers ask for "${host}", so that everybody gets a ` +
      `page with a link to ${origin} instead of an answer. Let it send "Host: ${host}": nginx ` +
      `"proxy_set_header Host ${host};", Apache "ProxyPreserveHost On".`,
  )
}

const SEND_ADDRESS =
  'nginx "proxy_set_header X-Forwarded-For $remote_addr;"; Caddy and Traefik do so by themselves'

function examineAddress(
  { origin, trustProxy }: Asked,
  plain: readonly Arrived[],
  forged: readonly Arrived[],
): Finding {
  const trustOf = (arrived: Arrived) =>
    spell(arrived.trustProxy === undefined ? trustProxy : arrived.trustProxy)
  const isForwarded = plain.some((arrived) => arrived.isForwarded)

  const fooled = forged.find(({ address }) => address === FORGED)
  if (fooled) {
    const how = isForwarded
      ? `TRUST_PROXY=${trustOf(fooled)} counts more proxies than there are: lower it.`
      : 'What arrives as X-Forwarded-For is what they wrote there. If a proxy stands in front, let it ' +
        `replace that header (${SEND_ADDRESS}); if none does, set TRUST_PROXY=0.`
    return wrong(
      ADDRESS,
      `Visitors can choose the address that they are known by, and guess passwords without limit. ${how}`,
    )
  }
  const blind = plain.find((arrived) => arrived.isForwarded && trustOf(arrived) === '0')
  if (blind) {
    return wrong(
      ADDRESS,
      `A proxy says for whom it asks, and a node has TRUST_PROXY=0. It takes this machine, and everybody ` +
        `else, for ${blind.address}, which is the proxy, and one who mistypes passwords locks out the ` +
        'others. Set TRUST_PROXY to the number of proxies, or to their addresses, for every node.',
    )
  }
  if (!isForwarded && origin.startsWith('https:')) {
    return wrong(
      ADDRESS,
      'The proxy does not say for whom it asks: all people have its address, and one who mistypes ' +
        `passwords locks out the others. Let it send X-Forwarded-For (${SEND_ADDRESS}), and set ` +
        'TRUST_PROXY to the number of proxies.',
    )
  }
  if (plain.some(({ address }) => address === 'unknown')) {
    return wrong(
      ADDRESS,
      'What the proxy sends as X-Forwarded-For holds no address. Let it send the one of its visitor: ' +
        `${SEND_ADDRESS}.`,
    )
  }
  const arrivesAs = `this machine arrives as ${listed(plain.map(({ address }) => address))}`
  const here = spell(trustProxy)
  const others = plain.map(trustOf).filter((trust) => trust !== here)
  if (others.length === 0) return ok(ADDRESS, arrivesAs)
  return warning(
    ADDRESS,
    `A node has TRUST_PROXY=${listed(others)}, and here it is ${here}; by the nodes' settings ${arrivesAs}. ` +
      'If that is its address, set TRUST_PROXY here as they have it; if it is that of a proxy, set it for ' +
      'them to the number of proxies, or to their addresses.',
  )
}

/** As it is written in the settings. */
const spell = (trust: TrustProxy): string =>
  trust === null ? '0' : Array.isArray(trust) ? trust.join(',') : String(trust)

const listed = (words: readonly string[]): string => [...new Set(words)].join(' and ')
