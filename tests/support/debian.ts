import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const APT = '/usr/bin/apt-get'
const FOLDERS = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin']

/**
 * Where a program is, which the system has or which Debian's package of that name brings, where that may
 * be installed.
 */
export function findProgram(name: string): string | undefined {
  return find(name) ?? (install(name) ? find(name) : undefined)
}

const find = (name: string) =>
  FOLDERS.map((folder) => path.join(folder, name)).find((file) => existsSync(file))

function install(name: string): boolean {
  if (process.getuid?.() !== 0 || !existsSync(APT)) return false
  // In this run level the package does not start a service, which nobody asked for.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  // Two files of tests may want something at once.
  const lock = path.join(tmpdir(), 'latchkey-tests-apt.lock')
  return [['update'], ['install', '-y', '--no-install-recommends', name]].every(
    (words) => spawnSync('flock', [lock, APT, ...words], { env }).status === 0,
  )
}
