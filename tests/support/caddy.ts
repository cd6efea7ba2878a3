import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findProgram } from './debian'
import { accepts } from './nginx'
import { until } from './until'

export type Caddy = { stop: () => Promise<void> }

/** What a Caddy of a test does not do: take orders, and send people from port 80, which is not ours. */
const APART = `{
	admin off
	auto_https disable_redirects
}
`

/**
 * Debian's Caddy, or whichever the system has.
 *
 * @param configuration a Caddyfile without options for the whole
 * @param port where it listens by that
 */
export async function startCaddy(configuration: string, port: number): Promise<Caddy> {
  const { program, words, env, remove } = prepare('run', configuration)
  const child = spawn(program, words, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk) => (errors += chunk))
  const exited = once(child, 'exit')
  await until(() => child.exitCode !== null || accepts(port))
  if (child.exitCode !== null) throw new Error(`Caddy does not start: ${errors}`)
  return {
    async stop() {
      // Asked politely, it waits for event streams to end.
      child.kill('SIGKILL')
      await exited
      remove()
    },
  }
}

/** What Caddy has to say against a configuration, warnings too; nothing when it is fine. */
export function examineWithCaddy(configuration: string): string {
  const { program, words, env, remove } = prepare('validate', configuration)
  const { status, stderr } = spawnSync(program, words, { env, encoding: 'utf8' })
  remove()
  if (status !== 0) return stderr || `caddy ended with ${status}`
  // Others are about the certificate and the ports of a test.
  const warnings = stderr.split('\n').filter((line) => line.includes('"adapter":"caddyfile"'))
  return warnings.join('\n')
}

/** A folder in which Caddy runs with a configuration, and keeps what it would keep at home. */
function prepare(command: 'run' | 'validate', configuration: string) {
  const program = findProgram('caddy')
  if (!program) throw new Error('The tests need Caddy. Install it.')
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-caddy-'))
  const file = path.join(folder, 'Caddyfile')
  writeFileSync(file, APART + configuration)
  return {
    program,
    words: [command, '--config', file, '--adapter', 'caddyfile'],
    env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    remove: () => rmSync(folder, { recursive: true }),
  }
}
