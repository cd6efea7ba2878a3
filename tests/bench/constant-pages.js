// The pages alone: Remix's build on node:http, its loaders answering with constant data from memory.
// No sign-in, no database, no header that a page need not have. What the profile page of the real
// server is measured against.
import { createServer } from 'node:http'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { createRequestHandler } from '@remix-run/node'
import { createRequestListener } from '@remix-run/node-fetch-server'

const { PORT, BUILD = '', DATA = '' } = process.env

/** @type {unknown} */
const parsed = JSON.parse(DATA, (_key, /** @type {unknown} */ value) =>
  isMoment(value) ? new Date(value) : value,
)
/** What each route's loader answers, by its id. */
const data = /** @type {Record<string, unknown>} */ (parsed)

/** @type {unknown} */
const built = await import(pathToFileURL(BUILD).href)
const build = /** @type {import('@remix-run/node').ServerBuild} */ (built)
const routes = Object.fromEntries(
  Object.entries(build.routes).map(([id, route]) => {
    const answer = data[id]
    const constant = answer === undefined ? {} : { loader: () => answer }
    return [id, { ...route, module: { ...route.module, ...constant } }]
  }),
)
const handle = createRequestHandler({ ...build, routes }, 'production')
/** The little of the load context that making a page takes. */
const context = /** @type {import('@remix-run/node').AppLoadContext} */ (
  /** @type {unknown} */ ({ cspNonce: 'constant', log: console })
)

const listener = createRequestListener((request) => handle(request, context))
createServer(listener).listen(Number(PORT), '127.0.0.1', () => console.log('ready'))

/** @param {unknown} value @returns {value is string} */
function isMoment(value) {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)
}
