import { pino } from 'pino'
import { readEnv, type Env } from '~/server/env'
import { createServices, type Services } from '~/server/services'

/** Whoever reads what a command prints could not see that its addresses lead nowhere. */
export function noteMissingOrigin({ isOriginSet, origin }: Env) {
  if (isOriginSet) return
  console.error(
    `ORIGIN is not set, so this is for ${origin}. If the server has another, set it here too, or in .env.`,
  )
}

/**
 * Runs the work of a command that writes, on the services of the application. Resolves when every
 * server knows what was written: what the operator is told has ended is refused by then.
 *
 * @param options.create whether a database that is not there is made. A command about people who are
 * there must not report success on an empty one, because DATABASE_URL names the wrong file.
 * @param options.databaseUrl another database than that of the settings
 */
export async function withServices<T>(
  work: (services: Services, env: Env) => Promise<T>,
  { create = false, databaseUrl }: { create?: boolean; databaseUrl?: string } = {},
): Promise<T> {
  const settings = readEnv()
  const env = { ...settings, databaseUrl: databaseUrl ?? settings.databaseUrl }
  const log = pino(
    { level: 'warn', base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination(2),
  )
  const services = await createServices({ env, log, as: 'command-line', create })
  try {
    return await work(services, env)
  } finally {
    // Waits for that, also after an error: the commit may have happened all the same.
    await services.close()
  }
}
