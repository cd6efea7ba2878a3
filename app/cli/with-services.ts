import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { readEnv, type Env } from '~/server/env'
import { createServices, type Services } from '~/server/services'

/**
 * A server believes its cache for up to 200 ms after it last looked whether another process wrote.
 * So whoever writes here answers only when longer than that has gone by since its commit: what the
 * operator is told has ended is refused by then.
 */
const HEARD_OF_AFTER_MS = 300

/**
 * Runs the work of a command that writes, on the services of the application.
 *
 * @param options.create whether a database that is not there is made. A command about people who are
 * there must not report success on an empty one, because DATABASE_URL names the wrong file.
 */
export async function withServices<T>(
  work: (services: Services, env: Env) => Promise<T>,
  { create = false } = {},
): Promise<T> {
  const env = readEnv()
  const log = pino({ level: 'warn', base: null }, pino.destination(2))
  const services = await createServices({ env, log, owner: false, create })
  try {
    return await work(services, env)
  } finally {
    // Also after an error: the commit may have happened all the same.
    await sleep(HEARD_OF_AFTER_MS)
    await services.close()
  }
}
