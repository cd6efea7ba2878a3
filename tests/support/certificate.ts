import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findProgram } from './debian'

export type Certificate = { certificate: string; key: string; remove: () => void }

const DAY = 86_400_000

/**
 * A certificate that is its own authority, of one or several names or addresses, and for some days from now or until
 * some days ago.
 */
export function createCertificate(
  names: string | readonly string[] = 'localhost',
  days = 2,
): Certificate {
  const all = [names].flat()
  const openssl = findProgram('openssl')
  if (!openssl) throw new Error('The tests need openssl. Install it.')
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-certificate-'))
  const at = (file: string) => path.join(folder, file)
  chmodSync(folder, 0o755)
  for (const file of ['index', 'index.attr']) writeFileSync(at(file), '')
  writeFileSync(at('serial'), '01\n')
  writeFileSync(
    at('settings'),
    `[ca]
default_ca = own
[own]
database = ${at('index')}
serial = ${at('serial')}
new_certs_dir = ${folder}
default_md = sha256
policy = any
x509_extensions = extensions
[any]
commonName = supplied
[extensions]
subjectAltName = ${all.map((name) => `${isIP(name) ? 'IP' : 'DNS'}:${name}`).join(',')}
basicConstraints = critical,CA:true
[req]
distinguished_name = nothing
[nothing]
`,
  )
  const run = (...words: string[]) => {
    const { status, stderr } = spawnSync(openssl, words, { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
  }
  const settings = ['-config', at('settings')]
  const [key, request, certificate] = [at('key.pem'), at('request.pem'), at('certificate.pem')]
  run('genrsa', '-out', key, '2048')
  run('req', '-new', ...settings, '-key', key, '-subj', `/CN=${all[0]}`, '-out', request)
  const span = ['-startdate', timeIn(-10), '-enddate', timeIn(days)]
  const files = ['-keyfile', key, '-in', request, '-out', certificate, '-outdir', folder]
  run('ca', ...settings, '-selfsign', '-batch', '-notext', ...span, ...files)
  return { certificate, key, remove: () => rmSync(folder, { recursive: true }) }
}

/** As `openssl ca` writes it. */
const timeIn = (days: number) =>
  new Date(Date.now() + days * DAY).toISOString().replaceAll(/[-:T]|\.\d+/g, '')
