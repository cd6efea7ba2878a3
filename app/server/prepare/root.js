import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's folder, whatever folder it is started from. */
export const root = fileURLToPath(new URL('../../..', import.meta.url))

/** @param {string[]} parts */
export const fromRoot = (...parts) => path.join(root, ...parts)
