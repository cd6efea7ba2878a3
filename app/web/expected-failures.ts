import type { AppLoadContext, ServerBuild } from '@remix-run/node'
import { isDatabaseBusy, isDatabaseFull } from '~/database/errors'

/** When it is worth trying again. */
const RETRY_AFTER_SECONDS = '5'

/**
 * Remix answers 500 to whatever a loader or action throws. What is expected to happen now and then,
 * a database that is busy or a disk that is full, say, is to be a 503 with a sentence, in every
 * route, so it is translated around all of them at once.
 */
export function withExpectedFailures(build: ServerBuild): ServerBuild {
  const routes = Object.entries(build.routes).map(([id, route]) => {
    if (!route) return [id, route]
    const { loader, action } = route.module
    const module = {
      ...route.module,
      ...(loader && { loader: translated(loader) }),
      ...(action && { action: translated(action) }),
    }
    return [id, { ...route, module }]
  })
  return { ...build, routes: Object.fromEntries(routes) as ServerBuild['routes'] }
}

function translated<Args extends { context: AppLoadContext }, R>(run: (args: Args) => R) {
  return async (args: Args): Promise<Awaited<R>> => {
    try {
      return await run(args)
    } catch (error) {
      if (!isExpected(error)) throw error
      args.context.log.warn({ err: error }, 'refused for now')
      args.context.setHeader('Retry-After', RETRY_AFTER_SECONDS)
      throw unavailable()
    }
  }
}

const isExpected = (error: unknown) =>
  isDatabaseBusy(error) || isDatabaseFull(error) || isPasswordsBusy(error)

/** By its name, since the rules of accounts are no import of the web's edge. */
const isPasswordsBusy = (error: unknown) => error instanceof Error && error.name === 'PasswordsBusy'

const unavailable = () =>
  new Response(
    'Latchkey cannot do this at the moment, and did nothing of it. Try again in a few seconds.',
    { status: 503 },
  )
