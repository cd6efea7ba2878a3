import { existsSync, readdirSync, rmSync } from 'node:fs'
import { contentOf, fingerprint, writeWhole } from './fingerprint.js'
import { fromRoot } from './root.js'
import { packageScript, runStep } from './step.js'

const GENERATED = 'app/database/generated'
const STAMP = `${GENERATED}/.stamp`
const SOURCES = ['prisma', 'prisma.config.ts', 'package-lock.json']

/** Generates the typed database clients, one for each provider, when the models have changed. */
export async function generateClients() {
  const providers = readdirSync(fromRoot('prisma')).filter(isProvider)
  const current = fingerprint(SOURCES)
  const isGenerated = providers.every((provider) => existsSync(fromRoot(GENERATED, provider)))
  if (isGenerated && contentOf(STAMP)?.toString() === current) return

  rmSync(fromRoot(STAMP), { force: true })
  for (const provider of providers) {
    await runStep(`Generating the database client (${provider})…`, [
      ...packageScript('prisma/build/index.js'),
      'generate',
      '--schema',
      `prisma/${provider}`,
    ])
  }
  writeWhole(STAMP, current)
}

/** @param {string} folder */
function isProvider(folder) {
  return existsSync(fromRoot('prisma', folder, 'schema.prisma'))
}
