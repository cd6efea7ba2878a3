import type { Database } from '~/database/types'
import type { RecordAudit } from '../audit/record'
import type { Admit } from '../sign-in/admit'
import type { Clock } from '../time'
import type { Revocations } from '../revocations'
import { createActivity } from './activity'
import { createEnd } from './end'
import type { IdentityCache } from './identity-cache'
import { createList } from './list'
import { createLooks } from './looks'
import type { SessionPolicy } from './policy'
import { createPurge } from './purge'
import { createStart } from './start'
import { createVerify } from './verify'

export type Sessions = ReturnType<typeof createSessions>

/** Managed sessions: start, verify, list, count, end. */
export function createSessions(deps: {
  database: Database
  revocations: Revocations
  cache: IdentityCache
  record: RecordAudit
  clock: Clock
  policy: SessionPolicy
  admit: Admit
}) {
  const activity = createActivity(deps)
  const lists = createList({ ...deps, activity })
  const looks = createLooks({ ...deps, list: (of) => lists.list(of) })

  return {
    start: createStart(deps),
    ...createVerify(deps),
    ...lists,
    listMarked: looks.listMarked,
    ...createEnd(deps),
    recordActivity: activity.record,
    async flushActivity() {
      await activity.flush()
      await looks.flush()
    },
    purge: createPurge({ ...deps, activity }),
    policy: deps.policy,
  }
}
