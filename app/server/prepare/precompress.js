import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'

const TEXT = /\.(?:css|js|svg|txt|webmanifest)$/
const WORTH_IT_BYTES = 1024

/**
 * A plugin for Vite that puts a .br and a .gz beside each text file of the browser's build, for
 * static-files.ts to answer with. It runs at the end of the server's build, since Remix writes one of the
 * browser's files only then: the manifest of its routes.
 *
 * @param {string} folder of the browser's build
 * @returns {import('vite').Plugin}
 */
export function precompress(folder) {
  return {
    name: 'latchkey:precompress',
    apply: (_, { command, isSsrBuild }) => command === 'build' && isSsrBuild === true,
    async closeBundle() {
      const names = await readdir(folder, { recursive: true })
      const files = names.filter((name) => TEXT.test(name)).map((name) => path.join(folder, name))
      await Promise.all(files.map(compress))
    },
  }
}

/** @param {string} file */
async function compress(file) {
  const content = await readFile(file)
  if (content.length <= WORTH_IT_BYTES) return
  await writeFile(`${file}.br`, await promisify(brotliCompress)(content))
  await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 }))
}
