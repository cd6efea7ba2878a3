import type { Logger } from 'pino'
import type { Database } from '~/database/database'
import type { RecordAudit } from '../audit/record'
import type { Clock } from '../clock'
import type { Revocation, Revocations } from '../revocations'
import { createActivity, type Activity } from './activity'
import { createSessionCache, type SessionCache } from './cache'
import { createEnd } from './end'
import { createList } from './list'
import { ACTIVITY_WRITE_INTERVAL, CACHE_SIZE, PURGE_INTERVAL, type SessionPolicy } from './policy'
import { createPurge } from './purge'
import { createStart } from './start'
import { createVerify } from './verify'

export type Sessions = ReturnType<typeof createSessions>

/** Managed sessions: start, verify, list, count, end. The parts share one cache and one record of activity. */
export function createSessions(deps: {
  database: Database
  revocations: Revocations
  record: RecordAudit
  clock: Clock
  policy: SessionPolicy
  log: Logger
  cache?: SessionCache
}) {
  const { cache = createSessionCache({ max: CACHE_SIZE }) } = deps
  const activity = createActivity({ ...deps, cache })
  const purge = createPurge({ ...deps, activity })

  // The cache subscribes before anybody else, so that whoever is told next already sees the truth.
  const unsubscribe = deps.revocations.subscribe((revocation) =>
    forget(revocation, cache, activity),
  )
  const stopWatching = deps.database.foreignChanges.onChange(() => cache.forgetEverything())

  const { list, countActive, stillActive } = createList({ ...deps, activity })
  const { endOwn, endOthers, endChosen, isStillActing } = createEnd(deps)

  return {
    start: createStart(deps),
    ...createVerify({ ...deps, cache, activity }),
    recordActivity: activity.record,
    list,
    countActive,
    stillActive,
    endOwn,
    endOthers,
    endChosen,
    isStillActing,
    purge,
    policy: deps.policy,
    /** Starts writing activity and purging in the background. Returns the way to stop, which writes the rest. */
    runInBackground() {
      const timers = [
        every(ACTIVITY_WRITE_INTERVAL, () => activity.flush()),
        every(PURGE_INTERVAL, () => purge()),
      ]
      return async () => {
        await Promise.all(timers.map((stop) => stop()))
        unsubscribe()
        stopWatching()
        await activity.flush()
      }
    },
  }

  function every(interval: number, work: () => Promise<unknown>) {
    let running = Promise.resolve()
    const timer = setInterval(() => {
      running = running
        .then(work)
        .then(() => undefined)
        .catch((error: unknown) => deps.log.warn({ err: error }, 'background work will be retried'))
    }, interval)
    timer.unref()
    return () => {
      clearInterval(timer)
      return running
    }
  }
}

function forget(revocation: Revocation, cache: SessionCache, activity: Activity) {
  switch (revocation.type) {
    case 'sessions-ended':
      cache.forgetSessions(revocation.sessionIds)
      activity.forget(revocation.sessionIds)
      return
    case 'secret-replaced':
      return cache.forgetSessions([revocation.sessionId])
    case 'user-changed':
      return cache.forgetUser(revocation.userId)
    case 'all-sessions-ended':
    case 'outcome-unknown':
      return cache.forgetEverything()
    case 'session-started':
    case 'tokens-ended':
    case 'tokens-changed':
      return
  }
}
