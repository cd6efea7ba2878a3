import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { oneAtATime } from './lock.js'
import { PINNED } from './pinned-nodes.js'
import { Failure, npm, runAttached, runQuietly, runStep } from './run.js'

const FOLDER = path.resolve('.node')

/**
 * Runs this very command by a newer Node, which is fetched through npm the first time. What it
 * starts finds that Node as `node`, too.
 *
 * @param {string} why the Node that runs this will not do
 * @returns {Promise<number>} the command's exit code
 */
export async function runOnNewerNode(why) {
  const pinned = isMusl() ? undefined : PINNED[`${process.platform}-${process.arch}`]
  if (!pinned) {
    throw new Failure(`${why}. There is none to fetch for this system: install Node 24.`)
  }
  const folder = path.join(FOLDER, `${pinned.package}-${pinned.version}`)
  const program = path.join(folder, process.platform === 'win32' ? 'node.exe' : 'node')
  if (!existsSync(program)) {
    await oneAtATime(async () => {
      if (!existsSync(program)) await fetchNode(pinned, folder, why)
    })
  }
  process.env.PATH = [folder, process.env.PATH].join(path.delimiter)
  return runAttached([program, ...process.argv.slice(1)])
}

/** Whether the system's C library is another than glibc, which these programs need. */
function isMusl() {
  const { header } = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (
    process.report.getReport()
  )
  return process.platform === 'linux' && !header?.glibcVersionRuntime
}

/**
 * Nothing is unpacked that has another hash, and the folder is there when it is whole.
 *
 * @param {NonNullable<typeof PINNED[string]>} pinned
 * @param {string} folder
 * @param {string} why
 */
async function fetchNode({ package: name, version, integrity }, folder, why) {
  const draft = path.join(FOLDER, `next-${process.pid}`)
  const title = `${why}; fetching ${version} into .node, this once…`
  removeDrafts()
  mkdirSync(draft, { recursive: true })
  try {
    await runStep(title, [...npm(), 'pack', `${name}@${version}`, '--pack-destination', draft])
    const [archive = ''] = readdirSync(draft)
    const hash = createHash('sha512').update(readFileSync(path.join(draft, archive)))
    if (`sha512-${hash.digest('base64')}` !== integrity) {
      throw new Failure(
        `What npm fetched as ${name}@${version} has another hash than the one in pinned-nodes.js, so it is not used. Install Node 24.`,
      )
    }
    await runQuietly(title, ['tar', '-xzf', archive, 'package/bin'], { cwd: draft })
    renameSync(path.join(draft, 'package/bin'), folder)
  } finally {
    removeDrafts()
  }
}

/** What a fetch that was killed has left is of no use. */
function removeDrafts() {
  const drafts = existsSync(FOLDER)
    ? readdirSync(FOLDER).filter((name) => name.startsWith('next-'))
    : []
  for (const draft of drafts) rmSync(path.join(FOLDER, draft), { recursive: true, force: true })
}
