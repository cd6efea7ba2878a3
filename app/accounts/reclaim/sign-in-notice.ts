import type { Transaction } from '~/database/types'
import type { EnqueueMail } from '../mail'
import { newId } from '../row-id'
import { days, type Clock } from '../time'
import type { Origin } from '../viewer'

/** How long somebody can say of a sign-in that it was not theirs, also when it has ended by then. */
export const DISOWN = days(30)

/** Writes down a sign-in that can be disowned from now on. Returns its id. */
export async function writeNotice(
  tx: Transaction,
  {
    userId,
    sessionId,
    signedInAt,
    ip,
    userAgent,
  }: { userId: string; sessionId: string; signedInAt: Date; ip: string; userAgent: string },
  clock: Clock,
): Promise<string> {
  const id = newId()
  const expiresAt = new Date(clock.time() + DISOWN)
  await tx.signInNotice.create({
    data: { id, userId, sessionId, signedInAt, ip, userAgent, expiresAt },
  })
  return id
}

/**
 * Tells a person of a sign-in from a browser in which they never signed in before: only the cookie that
 * it lacks makes it new, addresses and names of browsers describe it. Of the very first one nobody is
 * told, nor of one by a link, where no other browser is known: whoever set the password by it reads the
 * mailbox. To be run when the browser has been noted.
 */
export async function tellOfNewDevice(
  tx: Transaction,
  {
    userId,
    sessionId,
    origin: { ip, userAgent },
    isExpected,
  }: { userId: string; sessionId: string; origin: Origin; isExpected: boolean },
  { clock, enqueueMail }: { clock: Clock; enqueueMail: EnqueueMail },
): Promise<void> {
  if (isExpected && (await tx.knownDevice.count({ where: { userId } })) < 2) return
  const signedIn = { userId, sessionId, signedInAt: clock.now(), ip, userAgent }
  const signInNoticeId = await writeNotice(tx, signedIn, clock)
  await enqueueMail(tx, { userId }, { kind: 'new-device', signInNoticeId })
}
