// The pages alone: Remix's build on node:http, its loaders answering with constant data from memory.
// No sign-in, no database, no header that a page need not have. What the profile page of the real
// server is measured against.
import { createServer } from 'node:http'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { createRequestHandler } from '@remix-run/node'
import { createRequestListener } from '@remix-run/node-fetch-server'

const { PORT, BUILD = '', DATA = '' } = process.env

/** @type {Record<string, unknown>} what each route's loader answers, by its id */
const data = JSON.parse(DATA, (_key, value) => (isMoment(value) ? new Date(value) : value))

const build = await import(pathToFileURL(BUILD).href)
const routes = Object.fromEntries(
  Object.entries(build.routes).map(([id, route]) => {
    const answer = data[id]
    const constant = answer === undefined ? {} : { loader: () => answer }
    return [id, { ...route, module: { ...route.module, ...constant } }]
  }),
)
const handle = createRequestHandler({ ...build, routes }, 'production')
/** @type {any} the little of the load context that making a page takes */
const context = { cspNonce: 'constant', log: console }

const listener = createRequestListener((request) => handle(request, context))
createServer(listener).listen(Number(PORT), '127.0.0.1', () => console.log('ready'))

/** @param {unknown} value */
function isMoment(value) {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)
}
