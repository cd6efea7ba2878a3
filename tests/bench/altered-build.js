import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { build } from 'vite'
import { ROOT } from './latchkey.js'

/** @typedef {{ file: string, from: string, to: string }} Alteration in a file of app/ */

/**
 * The same server but for some words of its source: a measurement must be able to fail, and no
 * setting of the real server turns a guard off.
 *
 * @param {string} name of its folder
 * @param {Alteration[]} alterations
 * @returns {Promise<string>} the folder of the build, beside the pages of the real one
 */
export async function buildAltered(name, alterations) {
  const folder = path.join(ROOT, 'test-results', 'bench', name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const part of ['client', 'server']) {
    symlinkSync(path.join(ROOT, 'build', part), path.join(folder, part), 'junction')
  }
  const outDir = path.join(folder, 'node')
  const missing = new Set(alterations)
  await build({
    root: ROOT,
    configFile: path.join(ROOT, 'vite.server.config.ts'),
    logLevel: 'error',
    build: { outDir },
    plugins: [
      {
        name: 'altered',
        enforce: 'pre',
        transform(code, id) {
          const here = alterations.filter(({ file }) => id.endsWith(`/app/${file}`))
          return here.reduce((text, alteration) => {
            if (text.includes(alteration.from)) missing.delete(alteration)
            return text.replace(alteration.from, alteration.to)
          }, code)
        },
      },
    ],
  })
  for (const { file, from } of missing) throw new Error(`"${from}" is not in app/${file} any more`)
  return outDir
}
