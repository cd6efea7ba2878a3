import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Database } from '~/database/types'
import { personOf, type RecordAudit } from './audit/record'
import type { Announcement } from './revocations'
import { minutes, seconds } from './time'

const PAUSE = seconds(1)
/** Longer than a database keeps the transaction of a connection that it has lost. */
const LONGEST = minutes(30)

/**
 * Takes back the sessions and API tokens of a transaction whose outcome is not known, since nobody was
 * given the secrets that go with them. The transaction may still be committed meanwhile: it holds the
 * lock of the user's row until it is over, so whoever has that lock knows what became of it.
 */
export function createTakeBack({
  database,
  record,
  log,
}: {
  database: Pick<Database, 'transaction' | 'lockUsers'>
  record: RecordAudit
  log: Pick<Logger, 'warn' | 'error'>
}) {
  return async function takeBack(announced: readonly Announcement[]): Promise<void> {
    for (const grant of announced) {
      if (grant.type === 'session-started') await untilDone(() => deleteSession(grant))
      if (grant.type === 'access-granted' && grant.tokenId !== undefined) {
        const { userId, tokenId } = grant
        await untilDone(() => deleteToken({ userId, tokenId }))
      }
    }
  }

  async function untilDone(work: () => Promise<void>) {
    for (let waited = 0; waited < LONGEST; waited += PAUSE) {
      try {
        return await work()
      } catch (error) {
        log.warn({ err: error }, 'what was granted and is not known to be recorded waits')
        await sleep(PAUSE, undefined, { ref: false })
      }
    }
    log.error('something was granted to nobody, and could not be taken back')
  }

  function deleteSession({ userId, sessionId }: { userId: string; sessionId: string }) {
    return database.transaction(async (tx) => {
      await database.lockUsers(tx, [userId])
      const { count } = await tx.session.deleteMany({ where: { id: sessionId, userId } })
      const subject = await personOf(tx, userId)
      if (count === 0 || !subject) return
      const details = { count: 1, sessions: [sessionId], reason: 'never-given' }
      await record(tx, { kind: 'session.ended', actor: null, subject, details })
    })
  }

  function deleteToken({ userId, tokenId }: { userId: string; tokenId: string }) {
    return database.transaction(async (tx) => {
      await database.lockUsers(tx, [userId])
      const token = await tx.apiToken.findUnique({ where: { id: tokenId, userId } })
      const subject = await personOf(tx, userId)
      if (!token || !subject) return
      await tx.apiToken.delete({ where: { id: tokenId } })
      const details = { id: tokenId, name: token.name, reason: 'never-given' }
      await record(tx, { kind: 'token.revoked', actor: null, subject, details })
    })
  }
}
