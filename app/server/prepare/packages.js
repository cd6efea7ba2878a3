import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { contentOf, writeWhole } from './fingerprint.js'
import { fromRoot, root } from './root.js'
import { Failure, runStep } from './step.js'

const LOCK = 'package-lock.json'
/** npm writes it last of all, with what it put into node_modules. */
const INSTALLED = 'node_modules/.package-lock.json'
const STAMP = 'node_modules/.latchkey'

/**
 * `all` is what building and testing need, `production` what a built server needs.
 *
 * @typedef {'all' | 'production'} Scope
 */

/**
 * Whether node_modules holds what the lock says, made for this Node. Takes a few milliseconds, and
 * a second the first time after npm itself installed something.
 *
 * @param {Scope} scope
 */
export function packagesAreCurrent(scope) {
  const stamp = contentOf(STAMP)?.toString()
  if (stamp === stampFor('all') || stamp === stampFor(scope)) return true
  if (!installedMatchesLock(scope) || !nativePackagesLoad()) return false
  writeWhole(STAMP, stampFor(scope))
  return true
}

/**
 * Installs what is missing: everything the first time, later only what differs from the lock.
 *
 * @param {Scope} scope
 */
export async function installPackages(scope) {
  if (packagesAreCurrent(scope)) return
  rmSync(fromRoot(STAMP), { force: true })
  if (!contentOf(INSTALLED)) {
    await runNpm('Installing packages (the first time, about a minute)…', 'ci')
  } else if (!installedMatchesLock(scope)) {
    await runNpm('Bringing packages up to date…', 'install', '--no-save').catch(() => {})
    if (!installedMatchesLock(scope)) await runNpm('Installing all packages anew…', 'ci')
  }
  if (!nativePackagesLoad()) {
    await runNpm('Building native packages for this Node…', 'rebuild', 'better-sqlite3')
  }
  if (packagesAreCurrent(scope)) return
  throw new Failure('The packages cannot be used: delete node_modules and try again.')
}

/** @param {Scope} scope */
function stampFor(scope) {
  const { platform, arch, versions } = process
  return createHash('sha256')
    .update(contentOf(LOCK) ?? '')
    .update(contentOf(INSTALLED) ?? '')
    .update([scope, platform, arch, versions.modules].join())
    .digest('hex')
}

/** @param {Scope} scope */
function installedMatchesLock(scope) {
  const wanted = packagesIn(LOCK)
  const installed = packagesIn(INSTALLED)
  return Object.entries(wanted).every(([folder, { version, integrity, dev, optional }]) => {
    const found = installed[folder]
    if (folder === '' || (dev && scope === 'production')) return true
    if (!found) return Boolean(optional)
    if (found.version !== version || found.integrity !== integrity) return false
    // `npm install --package-lock-only` writes that down as well, and installs nothing.
    return version === installedVersion(folder)
  })
}

/** @param {string} folder */
function installedVersion(folder) {
  return JSON.parse(contentOf(`${folder}/package.json`)?.toString() ?? '{}').version
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, integrity?: string, dev?: true, optional?: true }>}
 */
function packagesIn(file) {
  return JSON.parse(contentOf(file)?.toString() ?? '{}').packages ?? {}
}

/** The one package that is compiled: for another Node, or not at all, it does not load. */
function nativePackagesLoad() {
  const script = `new (require('better-sqlite3'))(':memory:')`
  try {
    execFileSync(process.execPath, ['--input-type=commonjs', '-e', script], {
      cwd: root,
      stdio: 'ignore',
    })
    return true
  } catch {
    return false
  }
}

/**
 * @param {string} title
 * @param {string[]} args
 */
function runNpm(title, ...args) {
  const { npm_execpath: script } = process.env
  const npm = script?.endsWith('.js') ? [process.execPath, script] : ['npm']
  return runStep(title, [...npm, ...args, '--include=dev', '--no-audit', '--no-fund'], {
    // Prisma's own installer would fetch an engine that Latchkey has no use for, and fail where
    // its host cannot be reached.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  })
}
