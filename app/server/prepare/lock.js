import {
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fromRoot } from './root.js'

const LOCK = fromRoot('build.lock')
const BEAT_MS = 1_000
/** A holder that has not beaten for so long is gone, whoever has its process number now. */
const DEAD_AFTER_MS = 15_000
const POLL_MS = 100

/**
 * Runs `work` while no other start, test or build of this folder is at it; waits for its turn.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function oneAtATime(work) {
  for (let waited = false; !take(); waited = true) {
    if (!waited) console.error('Waiting for another start of Latchkey to finish its build…')
    clearIfDead()
    await sleep(POLL_MS)
  }
  const heartbeat = setInterval(beat, BEAT_MS)
  process.on('exit', release)
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    process.off('exit', release)
    release()
  }
}

function take() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

function beat() {
  const now = new Date()
  if (holder(LOCK) === process.pid) utimesSync(LOCK, now, now)
}

function release() {
  if (holder(LOCK) === process.pid) rmSync(LOCK, { force: true })
}

function clearIfDead() {
  if (!isDead(LOCK)) return
  // Two may see the same dead lock. Moving it away is what only one of them can do, and it looks
  // again at what it moved: the other may have cleared it and taken the lock in between.
  const away = `${LOCK}.${process.pid}`
  try {
    renameSync(LOCK, away)
    if (!isDead(away)) linkSync(away, LOCK)
  } catch (error) {
    if (!hasCode(error, 'ENOENT') && !hasCode(error, 'EEXIST')) throw error
  } finally {
    rmSync(away, { force: true })
  }
}

/** @param {string} file */
function isDead(file) {
  const pid = holder(file)
  const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
  if (pid === undefined) return age > DEAD_AFTER_MS
  return pid === process.pid || !isRunning(pid) || age > DEAD_AFTER_MS
}

/** @param {string} file */
function holder(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}

/**
 * @param {unknown} error
 * @param {string} code
 */
function hasCode(error, code) {
  return error instanceof Error && 'code' in error && error.code === code
}
