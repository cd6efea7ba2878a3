import {
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  utimes,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from './run.js'

const LOCK = 'build.locked'
const BEAT_MS = 1_000
/** A holder that has not beaten for so long is gone: killed, or its container or machine is. */
const DEAD_AFTER_MS = 15_000
const POLL_MS = 100

/**
 * Runs `work` while no other start, test or build of this folder is at it; waits for its turn.
 *
 * The lock is a folder with one file in it, which its holder touches every second. It is taken by
 * renaming a folder, which fails while the lock is not empty. Whoever finds its holder dead deletes
 * that holder's file, and so can never break the lock of whoever was quicker.
 *
 * @param {() => Promise<void>} work
 */
export async function oneAtATime(work) {
  const holder = `${process.pid}-${Date.now()}`
  for (let waited = false; !take(holder); waited = true) {
    if (!waited) console.error('Waiting for another start of Latchkey to finish its build…')
    await sleep(POLL_MS)
    removeDead()
  }
  const beat = () => utimes(path.join(LOCK, holder), new Date(), new Date(), () => {})
  const heartbeat = setInterval(beat, BEAT_MS)
  const release = () => remove(holder)
  process.on('exit', release)
  try {
    await work()
  } finally {
    clearInterval(heartbeat)
    process.off('exit', release)
    release()
  }
}

/** @param {string} holder */
function take(holder) {
  const draft = `${LOCK}.${holder}`
  try {
    mkdirSync(draft)
    writeFileSync(path.join(draft, holder), '')
    renameSync(draft, LOCK)
    return true
  } catch (error) {
    // The last is what Windows says.
    if (hasCode(error, 'ENOTEMPTY', 'EEXIST', 'EPERM')) return false
    if (!hasCode(error, 'EACCES', 'EROFS')) throw error
    throw new Failure(
      `Latchkey has to install or build something, and may not write to ${process.cwd()}. ` +
        'Run "npm run build" as the owner of that folder.',
    )
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

function removeDead() {
  const isDead = (/** @type {string} */ holder) =>
    Date.now() - statSync(path.join(LOCK, holder)).mtimeMs > DEAD_AFTER_MS
  try {
    readdirSync(LOCK).filter(isDead).forEach(remove)
  } catch (error) {
    // Released in this moment.
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

/** @param {string} holder */
function remove(holder) {
  rmSync(path.join(LOCK, holder), { force: true })
  try {
    rmdirSync(LOCK)
  } catch (error) {
    // Gone, or somebody else's by now.
    if (!hasCode(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST')) throw error
  }
}

/** @param {unknown} error @param {string[]} codes */
function hasCode(error, ...codes) {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
