import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { generateClients } from './clients.js'
import { contentOf, fingerprint, writeWhole } from './fingerprint.js'
import { oneAtATime } from './lock.js'
import { installPackages, packagesAreCurrent } from './packages.js'
import { precompress } from './precompress.js'
import { fromRoot, root } from './root.js'
import { packageScript, runStep } from './step.js'

export const buildFolder = 'build'

// Built beside the one that may be serving right now, and moved into place when it is whole. The
// name is the process's own: the tools of a build that was killed may still be writing to theirs.
const NEXT = `build.next-${process.pid}`
const PREVIOUS = 'build.previous'
const LEFT_OVER = /^build\.(?:next-\d+|previous)$/
const STAMP = 'stamp'
const SOURCES = [
  'app',
  'prisma',
  'public',
  'package.json',
  'package-lock.json',
  'remix.config.js',
  'tsconfig.json',
  'vite.config.ts',
  'vite.server.config.ts',
]

/** Installs and builds what changed since the last time; a few milliseconds when nothing did. */
export async function bringBuildUpToDate() {
  if (buildIsCurrent() && packagesAreCurrent('production')) return
  await oneAtATime(async () => {
    if (buildIsCurrent()) return installPackages('production')
    await installPackages('all')
    await generateClients()
    await build()
  })
}

function buildIsCurrent() {
  return contentOf(`${buildFolder}/${STAMP}`)?.toString() === fingerprint(SOURCES)
}

async function build() {
  // Taken first: what changes while building is then built by the next start.
  const sources = fingerprint(SOURCES)
  const env = { NODE_ENV: 'production', BUILD_FOLDER: NEXT }
  readdirSync(root)
    .filter((name) => LEFT_OVER.test(name))
    .forEach(remove)
  await runStep(
    'Building the pages…',
    [...packageScript('@remix-run/dev/dist/cli.js'), 'vite:build'],
    env,
  )
  await runStep(
    'Building the server…',
    [
      ...packageScript('vite/bin/vite.js'),
      ...['build', '--config', 'vite.server.config.ts', '--outDir', `${NEXT}/node`],
    ],
    env,
  )
  await precompress(fromRoot(NEXT, 'client'))
  writeWhole(`${NEXT}/${STAMP}`, sources)
  moveIntoPlace()
}

function moveIntoPlace() {
  if (existsSync(fromRoot(buildFolder))) renameSync(fromRoot(buildFolder), fromRoot(PREVIOUS))
  renameSync(fromRoot(NEXT), fromRoot(buildFolder))
  remove(PREVIOUS)
}

/** @param {string} folder */
function remove(folder) {
  rmSync(fromRoot(folder), { recursive: true, force: true })
}
