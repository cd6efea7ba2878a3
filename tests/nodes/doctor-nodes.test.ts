import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createCertificate, type Certificate } from '../support/certificate'
import { runCommand } from '../support/command-line'
import { documentedConfiguration, startNginx } from '../support/nginx'
import { administer, urlOf } from '../support/postgres/databases'
import { freePort, startServer, type TestServer } from '../support/server'

/*
 * Two nodes behind nginx, as the documentation configures it, of which one was set up differently; and
 * an operator who was.
 */

let certificate: Certificate
let port: number
let origin: string
let right: TestServer
/** On the database of the other, unless a test starts it otherwise. */
let odd: TestServer
let shared: Record<string, string>

beforeAll(async () => {
  certificate = createCertificate()
  port = await freePort()
  origin = `https://localhost:${port}`
  right = await startServer({ ORIGIN: origin, TRUST_PROXY: '1' })
  shared = { DATABASE_URL: right.databaseUrl }
  odd = await startServer({ ORIGIN: origin, TRUST_PROXY: '1', ...shared })
})
afterAll(async () => {
  await odd.dispose()
  await right.dispose()
  certificate.remove()
})
afterEach(() => restart({}))

async function restart(settings: Record<string, string>) {
  await odd.stop()
  await odd.start(settings)
}

/** What doctor says of the nodes, and how it ends. */
async function doctor(settings: Record<string, string> = {}, nodes = [right.port, odd.port]) {
  const { key, certificate: file } = certificate
  const nginx = await startNginx(
    documentedConfiguration({ port, nodes, key, certificate: file }),
    port,
  )
  const { databaseUrl, folder } = right
  const all = { ORIGIN: origin, TRUST_PROXY: '1', NODE_EXTRA_CA_CERTS: file, ...settings }
  const where = { databaseUrl, folder, port: right.port, settings: all }
  const { code, output } = await runCommand(where, 'doctor').finally(() => nginx.stop())
  return { code, lines: output.trimEnd().split('\n') }
}

const says = (line: RegExp) =>
  expect.arrayContaining([expect.stringMatching(line) as string]) as string[]

const bad = (line: RegExp) => ({ code: 1, lines: says(line) })
const well = (line: RegExp) => ({ code: 0, lines: says(line) })
const SHARED = well(/^✓ every node uses this database$/)
const KNOWN = well(/^✓ addresses of visitors are known: this machine arrives as 127\.0\.0\.1$/)

describe('a node with another database than the others', () => {
  const SOME =
    /^✗ every node uses this database: \d+ of 40 requests .* Start every node with the same DATABASE_URL/

  it('since it was started without DATABASE_URL is refused, until it has that of the others', async () => {
    await restart({ DATABASE_URL: 'file:./forgotten.db' })
    expect(await doctor()).toEqual(bad(SOME))
    await restart(shared)
    expect(await doctor()).toEqual(SHARED)
  })

  it('that is a copy of theirs is refused, until it has that of the others', async () => {
    const copy = `copy_${randomUUID().replaceAll('-', '')}`
    await Promise.all([right.stop(), odd.stop()])
    const { pathname } = new URL(right.databaseUrl)
    await administer(`CREATE DATABASE "${copy}" TEMPLATE "${pathname.slice(1)}" OWNER "latchkey"`)
    await right.start()
    await odd.start({ DATABASE_URL: urlOf(right.databaseUrl, copy) })
    expect(await doctor()).toEqual(bad(SOME))
    await restart(shared)
    expect(await doctor()).toEqual(SHARED)
    await administer(`DROP DATABASE "${copy}" WITH (FORCE)`)
  })
})

describe('doctor with other settings than the server', () => {
  it('says that the database is another one, until it has those of the server', async () => {
    await restart({ DATABASE_URL: 'file:./forgotten.db' })
    expect(await doctor({}, [odd.port])).toEqual(
      bad(
        /^✗ every node uses this database: The server at .* start it with them\. If not, start the/,
      ),
    )
    await restart(shared)
    expect(await doctor({}, [odd.port])).toEqual(SHARED)
  })

  it('warns that TRUST_PROXY is another one and says how it is known, until it is the same', async () => {
    expect(await doctor({ TRUST_PROXY: '0' })).toEqual(
      well(
        /^! addresses of visitors are known: A node has TRUST_PROXY=1, and here it is 0; .* this machine arrives as 127\.0\.0\.1\. .*set TRUST_PROXY here as they have it/,
      ),
    )
    expect(await doctor({ TRUST_PROXY: '1' })).toEqual(KNOWN)
  })
})

describe('a node with another TRUST_PROXY than the others', () => {
  it('that is 0 is refused, with the address it takes everybody for, until it counts the proxy', async () => {
    await restart({ TRUST_PROXY: '0' })
    expect(await doctor()).toEqual(
      bad(
        /^✗ addresses of visitors are known: .* a node has TRUST_PROXY=0\. It takes this machine, .* for 127\.0\.0\.1, which is the proxy.* Set TRUST_PROXY to the number of proxies, .* for every node/,
      ),
    )
    await restart({ TRUST_PROXY: '1' })
    expect(await doctor()).toEqual(KNOWN)
  })

  it('that names another network is pointed out, until it is the same', async () => {
    await restart({ TRUST_PROXY: '10.0.0.0/8' })
    expect(await doctor()).toEqual(
      well(
        /^! addresses of visitors are known: A node has TRUST_PROXY=10\.0\.0\.0\/8, and here it is 1; .* if it is that of a proxy, set it for them/,
      ),
    )
    await restart({ TRUST_PROXY: '1' })
    expect(await doctor()).toEqual(KNOWN)
  })
})
