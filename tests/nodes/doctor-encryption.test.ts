import { chownSync, statSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCertificate, type Certificate } from '../support/certificate'
import { says, verdictsOn } from '../support/examined'
import { startPostgres } from '../support/postgres/start.js'
import { queriesOf } from '../support/queries'
import { until } from '../support/until'

let server: Awaited<ReturnType<typeof startPostgres>>
let certificate: Certificate
beforeAll(async () => {
  server = await startPostgres()
  certificate = createCertificate()
})
afterAll(async () => {
  await server.stop()
  certificate.remove()
})

/** The database by this name of the server, with these words about encryption. */
function url(hostname: string, words: string) {
  const other = new URL(server.url)
  other.hostname = hostname
  other.search = words
  return other.href
}

/** Lets the server speak TLS, with a key that it may read. */
async function encrypt() {
  const { query, queryValue } = queriesOf(server.url)
  const owner = statSync((await queryValue<string>('SHOW data_directory'))!)
  chownSync(certificate.key, owner.uid, owner.gid)
  await query(`ALTER SYSTEM SET ssl_cert_file = '${certificate.certificate}'`)
  await query(`ALTER SYSTEM SET ssl_key_file = '${certificate.key}'`)
  await query('ALTER SYSTEM SET ssl = on')
  await query('SELECT pg_reload_conf()')
  await until(async () => (await queryValue('SHOW ssl')) === 'on')
}

const FINE = [['ok', says('^PostgreSQL ')]]

describe('the check of the database, by a connection that is to be encrypted', () => {
  it('refuses a server that does not encrypt, one that nobody vouches for, and one of another name', async () => {
    const words = `sslmode=verify-full&sslrootcert=${certificate.certificate}`
    const plain = await verdictsOn('database', url('localhost', words))
    expect(plain).toEqual([['wrong', says('cannot be reached: The server does not support SSL')]])
    await encrypt()

    const unknown = await verdictsOn('database', url('localhost', 'sslmode=verify-full'))
    expect(unknown).toEqual([['wrong', says('not trusted: self.signed.*&sslrootcert=<file>')]])
    const other = await verdictsOn('database', url('127.0.0.1', words))
    expect(other).toEqual([['wrong', says("not trusted.*by its certificate's name")]])
    expect(await verdictsOn('database', url('localhost', words))).toEqual(FINE)
  })
})
