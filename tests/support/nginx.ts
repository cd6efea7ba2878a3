import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findProgram } from './debian'
import { until } from './until'

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

export type Nginx = { pid: number; stop: () => Promise<void> }

/**
 * Debian's nginx, or whichever the system has.
 *
 * @param configuration what goes inside http { }
 * @param port where it listens by that
 */
export async function startNginx(configuration: string, port: number): Promise<Nginx> {
  const { program, words, remove } = prepare(configuration)
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk) => (errors += chunk))
  const exited = once(child, 'exit')
  await until(() => child.exitCode !== null || accepts(port))
  if (child.exitCode !== null) throw new Error(`nginx does not start: ${errors}`)
  return {
    pid: child.pid!,
    async stop() {
      child.kill('SIGTERM')
      await exited
      remove()
    },
  }
}

/** What nginx has to say against a configuration, warnings too; nothing when it is fine. */
export function examineWithNginx(configuration: string): string {
  const { program, words, remove } = prepare(configuration)
  const { status, stderr } = spawnSync(program, ['-t', '-q', ...words], { encoding: 'utf8' })
  remove()
  return status === 0 ? stderr : stderr || `nginx ended with ${status}`
}

/** A folder in which nginx runs with a configuration. */
function prepare(configuration: string) {
  const program = findProgram('nginx')
  if (!program) throw new Error('The tests need nginx. Install it.')
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-nginx-'))
  // Started by root, it works as somebody else, who writes long bodies into the folders below.
  chmodSync(folder, 0o755)
  const file = path.join(folder, 'nginx.conf')
  const temporary = TEMPORARY.map((what) => `${what}_temp_path ${path.join(folder, what)};`)
  for (const what of TEMPORARY) mkdirSync(path.join(folder, what))
  writeFileSync(
    file,
    `daemon off;
pid ${path.join(folder, 'pid')};
events {}
http {
access_log off;
${temporary.join('\n')}
${configuration}
}`,
  )
  return {
    program,
    words: ['-e', path.join(folder, 'errors'), '-p', folder, '-c', file],
    remove: () => rmSync(folder, { recursive: true }),
  }
}

/** Whether something listens there. */
export const accepts = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = createConnection(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })

/** The configuration that we give operators, for these ports and this certificate of `localhost`. */
export function documentedConfiguration({
  port,
  nodes,
  certificate,
  key,
}: {
  port: number
  nodes: readonly number[]
  certificate: string
  key: string
}): string {
  const text = readFileSync(new URL('../../docs/nginx.conf', import.meta.url), 'utf8')
  return text
    .replace('listen 443', `listen 127.0.0.1:${port}`)
    .replace('server_name accounts.example.com', 'server_name localhost')
    .replace('Host accounts.example.com', `Host localhost:${port}`)
    .replace(/ssl_certificate .*;/, `ssl_certificate ${certificate};`)
    .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${key};`)
    .replace(/^ *server 10\.0\.0\.11:3000(.*)$/m, (_, rest: string) =>
      nodes.map((node) => `server 127.0.0.1:${node}${rest}`).join('\n'),
    )
    .replace(/^ *server 10\.0\.0\.1[23]:3000.*\n/gm, '')
}
