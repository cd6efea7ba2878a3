import type { EnqueueMail } from '~/accounts/mail'
import { newId } from '~/accounts/row-id'
import type { Clock } from '~/accounts/time'

/**
 * Puts mails into the outbox, which is a table: a mail is there if, and only if, what it tells about was
 * committed.
 *
 * @param isSetUp whether mails can be sent at all; if not, none is written
 */
export function createEnqueueMail({
  clock,
  isSetUp,
}: {
  clock: Clock
  isSetUp: boolean
}): EnqueueMail {
  return async function enqueueMail(tx, { userId, address }, { kind, ...about }) {
    if (!isSetUp) return
    const to = address ?? (await addressOf(userId, tx))
    if (to === null) return
    const now = clock.now()
    await tx.outgoingMail.create({
      data: {
        ...{ id: newId(), kind, userId, address: to, about: JSON.stringify(about) },
        ...{ state: 'waiting', createdAt: now, nextTryAt: now, tries: 0 },
      },
    })
  }
}

async function addressOf(userId: string | null, tx: Parameters<EnqueueMail>[0]) {
  if (userId === null) return null
  const user = await tx.user.findUnique({ where: { id: userId }, select: { email: true } })
  return user?.email ?? null
}
