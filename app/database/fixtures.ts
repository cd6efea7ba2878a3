/** What the tests of both databases are made of. */

export const steadyClock = { now: () => new Date(), monotonic: () => performance.now() }

/** What a test needs to create a user. */
export function someUser(id: string) {
  const now = new Date()
  const names = { email: `${id}@example.com`, username: id, name: id, nameKey: id }
  return { id, ...names, createdAt: now, updatedAt: now, lastActiveAt: now }
}

/** What a test needs to create a session of a user who is there. */
export function someSession(id: string, userId: string) {
  const now = new Date()
  const times = {
    createdAt: now,
    lastSeenAt: now,
    authenticatedAt: now,
    expiresAt: now,
    endsAt: now,
  }
  const secrets = { tokenHash: new Uint8Array([1]), formKey: new Uint8Array([2]) }
  return { id, userId, ...secrets, ...times, ip: '192.0.2.1', userAgent: 'test' }
}

/** What a test needs to create an API token of a user who is there. */
export function someToken(id: string, userId: string) {
  const tokenHash = new TextEncoder().encode(id)
  return {
    id,
    userId,
    tokenHash,
    name: id,
    scopes: '',
    createdAt: new Date(),
    createdBySession: 's',
  }
}
