import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CLI = path.join(ROOT, 'build/node/cli.js')
const STARTER = `import(${JSON.stringify(CLI)})
  .then((cli) => cli.runCli(process.argv.slice(1)))
  .then((code) => (process.exitCode = code))`

/** Runs a command of the operator's as a process of its own, on a server's database. */
export async function runCommand(
  {
    databaseUrl,
    folder,
    port,
    settings = {},
  }: { databaseUrl: string; folder: string; port: number; settings?: Record<string, string> },
  ...args: string[]
): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', STARTER, '--', ...args], {
    cwd: folder,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      PASSWORD_COST: '10',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (errors += chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output, errors }
}
