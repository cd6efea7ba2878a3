import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/*
 * How doctor finds out whether the node that answers a request has the database that doctor looks at. A
 * database has an identity that only those know who can read it. Doctor proves that it does, and only then
 * is told anything: whoever cannot prove it gets the same answer from every node, whatever its database.
 */

/** Carries the proof. */
export const PROOF_HEADER = 'latchkey-doctor'

const PROOF = /^([0-9a-f]{32})\.([0-9a-f]{64})$/

/** A proof of knowing a database's identity, from which nobody learns it; another one each time. */
export function proofOf(identity: string): string {
  const nonce = randomBytes(16).toString('hex')
  return `${nonce}.${sign(identity, nonce).toString('hex')}`
}

export function isProofOf(identity: string, proof: string): boolean {
  const [, nonce = '', signature = ''] = PROOF.exec(proof) ?? []
  return nonce !== '' && timingSafeEqual(sign(identity, nonce), Buffer.from(signature, 'hex'))
}

const sign = (identity: string, nonce: string) =>
  createHmac('sha256', identity).update(`latchkey doctor ${nonce}`).digest()
