import type { EntryContext, ServerBuild } from '@remix-run/node'
import { createRequestHandler } from '@remix-run/node'
import { expect, it } from 'vitest'
import { createPageHandlers } from './page-handlers'

const ORIGIN = 'http://localhost'

const PATHS = {
  'routes/_index': { index: true },
  'routes/people': { path: 'people' },
  'routes/people_.new': { path: 'people/new' },
  'routes/people_.new_.far': { path: 'people/new/far' },
  'routes/people_.$id': { path: 'people/:id' },
  'routes/peoples': { path: 'peoples' },
  'routes/$': { path: '*' },
}

it.each([
  '/',
  '/?index',
  '/_root.data',
  '/people',
  '/people?sort=name',
  '/people.data',
  '/People',
  '/people/',
  '/people/new',
  '/people/new/far',
  '/people/new/far.data',
  '/people/7',
  '/people/7.data',
  '/peoples',
  '/nowhere',
  '/nowhere.data',
  '/__manifest?p=/people&p=/people/7',
])('answers %s as a handler does that knows all routes', async (path) => {
  for (const method of ['GET', 'POST']) {
    const whole = await answerOf(createRequestHandler(build(), 'production'), path, method)
    expect(await answerOf(handlerOf(build(), path), path, method), method).toEqual(whole)
  }
})

it('keeps from a page whose path is fixed all routes that are not on the way to it', async () => {
  const known: string[][] = []
  const seeing = build((context) => known.push(Object.keys(context.manifest.routes)))
  await handlerOf(seeing, '/people/new')(new Request(`${ORIGIN}/people/new`), {} as never)
  expect(known).toEqual([['root', 'routes/_index', 'routes/people', 'routes/people_.new']])
})

function handlerOf(build: ServerBuild, path: string) {
  return createPageHandlers(build, 'production')(new URL(path, ORIGIN).pathname)
}

async function answerOf(handle: ReturnType<typeof handlerOf>, path: string, method: string) {
  const answer = await handle(new Request(ORIGIN + path, { method }), {} as never)
  return { status: answer.status, headers: [...answer.headers], body: await answer.text() }
}

/** A build of Remix's, whose pages say what they are made of: the routes that matched. */
function build(onDocument: (context: EntryContext) => void = () => undefined): ServerBuild {
  const ids = ['root', ...Object.keys(PATHS)]
  const routes = Object.fromEntries(
    ids.map((id) => {
      const place = id === 'root' ? {} : { parentId: 'root', ...PATHS[id as keyof typeof PATHS] }
      const say = (what: string) => () => Promise.resolve({ [what]: id })
      const module = { default: () => null, loader: say('loaded'), action: say('done') }
      return [id, { id, ...place, module }]
    }),
  )
  const entryRoutes = Object.fromEntries(
    ids.map((id) => [id, { ...routes[id], module: `/${id}.js`, hasLoader: true, hasAction: true }]),
  )
  const future = { v3_singleFetch: true, v3_lazyRouteDiscovery: true }
  return {
    mode: 'production',
    entry: {
      module: {
        default: (_request: Request, status: number, headers: Headers, context: EntryContext) => {
          onDocument(context)
          const { loaderData, actionData, errors } = context.staticHandlerContext
          const body = JSON.stringify({ loaderData, actionData, errors })
          return new Response(body, { status, headers })
        },
      },
    },
    routes,
    assets: {
      entry: { module: '/entry.js', imports: [] },
      routes: entryRoutes,
      url: '',
      version: '1',
    },
    publicPath: '/',
    assetsBuildDirectory: 'build',
    future,
    isSpaMode: false,
  } as unknown as ServerBuild
}
