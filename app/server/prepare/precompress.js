import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const TEXT = /\.(?:css|html|js|json|mjs|svg|txt|webmanifest|xml)$/
const WORTH_IT_BYTES = 1024

/**
 * Puts a .br and a .gz beside each text file of a folder, for sirv to serve as they are.
 *
 * @param {string} folder
 */
export async function precompress(folder) {
  const names = await readdir(folder, { recursive: true })
  await Promise.all(names.filter((name) => TEXT.test(name)).map((name) => compress(folder, name)))
}

/**
 * @param {string} folder
 * @param {string} name
 */
async function compress(folder, name) {
  const file = path.join(folder, name)
  if ((await stat(file)).size <= WORTH_IT_BYTES) return
  const content = await readFile(file)
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length }
  await writeFile(`${file}.br`, await promisify(brotliCompress)(content, { params }))
  await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 }))
}
