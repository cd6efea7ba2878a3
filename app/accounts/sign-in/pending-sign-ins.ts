import type { Client, SignInMethod, Transaction } from '~/database/types'
import { newId } from '../row-id'
import { createFormKey, createRowSecret, isRowOf, looksLikeRowSecret, rowIdOf } from '../row-secret'
import { hashSecret, secretKey } from '../secret-token'
import { minutes } from '../time'

/*
 * Sign-ins whose first step was right and whose second is still to come. No page, socket or application
 * knows of these rows: what they open is the second step, and nothing else.
 */

/** How long the second step may take. */
export const PENDING_LIFE = minutes(5)

/** What the browser is given between the two steps. */
export type StartedPending = { id: string; secret: string; expiresAt: Date }

/** A pending sign-in that can still be finished, and whose it is. */
export type PendingSignIn = {
  readonly id: string
  readonly user: { readonly id: string; readonly name: string; readonly email: string }
  readonly startedBy: SignInMethod
  readonly kept: boolean
  readonly mayEnrol: boolean
  /** Keys the form tokens of its pages, and the proposals of authenticators. Secret. */
  readonly formKey: string
}

/** Adds one for a user whose row is locked. */
export async function insertPending(
  tx: Transaction,
  row: { userId: string; startedBy: SignInMethod; kept: boolean; mayEnrol: boolean },
  now: Date,
): Promise<StartedPending> {
  const id = newId()
  const secret = createRowSecret(id)
  const expiresAt = new Date(now.getTime() + PENDING_LIFE)
  await tx.pendingSignIn.create({
    data: {
      ...{ id, tokenHash: hashSecret(secret), formKey: createFormKey() },
      ...{ ...row, createdAt: now, expiresAt },
    },
  })
  return { id, secret, expiresAt }
}

/** By the secret that the browser holds; null when it is over, or its person may not sign in any more. */
export async function findPending(
  client: Client | Transaction,
  secret: unknown,
  now: Date,
): Promise<PendingSignIn | null> {
  if (!looksLikeRowSecret(secret)) return null
  const row = await client.pendingSignIn.findFirst({
    where: { id: rowIdOf(secret), expiresAt: { gt: now }, user: { disabledAt: null } },
    include: { user: { select: { id: true, name: true, email: true } } },
  })
  if (!row || !isRowOf(secretKey(secret), row)) return null
  const { id, user, startedBy, kept, mayEnrol } = row
  const formKey = Buffer.from(row.formKey).toString('base64url')
  return { id, user, startedBy, kept, mayEnrol, formKey }
}

/** Uses it up. Of two who finish it at once one gets true. */
export async function consumePending(tx: Transaction, id: string): Promise<boolean> {
  const { count } = await tx.pendingSignIn.deleteMany({ where: { id } })
  return count === 1
}

/**
 * Ends what a password was given for besides sessions: sign-ins that wait for their second step, and
 * devices that are spared it. Every change of a password calls it, and whatever takes factors away.
 */
export async function endPendingAndRemembered(tx: Transaction, userId: string): Promise<void> {
  await tx.pendingSignIn.deleteMany({ where: { userId } })
  await tx.rememberedDevice.deleteMany({ where: { userId } })
}
