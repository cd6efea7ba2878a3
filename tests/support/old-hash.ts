import { hashSync } from 'bcryptjs'
import { createHmac } from 'node:crypto'
import { CHEAP_PASSWORDS } from './services'

/** A hash as versions made it that hashed a password exactly as it was sent. */
export function oldHash(password: string, cost = CHEAP_PASSWORDS): string {
  const digest = createHmac('sha384', 'latchkey password v1').update(password).digest('base64')
  return hashSync(digest, cost)
}
