import { setTimeout as sleep } from 'node:timers/promises'
import type { Caller } from './caller'
import type { Entry } from './history'
import { PASSWORD } from './visitor'

/** Between two looks of one browser: endings are what the machine should be busy with. */
const PACE_MS = 5

/** Not too few: only so many accounts may be made from one address in an hour. */
const ROUNDS_OF_AN_ACCOUNT = 9

/** People whose browsers sign in, look, and sign each other out, as fast as they are answered. */
export type Crowd = {
  history: Entry[]
  /** Those of it that were answered, with a page that says that it is not known. */
  notKnown: Entry[]
  /** Lets everybody act until told to stop, and waits until all have. */
  act(until: () => boolean): Promise<void>
  /** Asks once more for every session there ever was. */
  lookAtAll(): Promise<void>
}

/** @param callers to each of the servers that the clients use in turn, as chance will have it */
export function createCrowd(callers: readonly Caller[], users: readonly string[]): Crowd {
  const history: Entry[] = []
  const notKnown: Entry[] = []
  const secrets = new Map<string, { user: string; secret: string }>()
  let rounds = 0
  const recent = new Map<string, string[]>(users.map((user) => [user, []]))

  /** Where the account is gone, because nothing came after its deletion, it is made anew. */
  async function enterAs(user: string) {
    const caller = pick(callers)
    return caller.signIn(user).catch(() => caller.signUp(user))
  }

  async function signIn(user: string) {
    const session = `${user} ${history.length} ${Math.random()}`
    const entry = begin({ kind: 'sign-in', user, session })
    await attempt(entry, async () => {
      secrets.set(session, { user, secret: await enterAs(user) })
      recent.get(user)!.push(session)
      return 'done'
    })
  }

  async function use(session: string, caller: Caller) {
    const entry = begin({ kind: 'use', session })
    await attempt(entry, async () => {
      const status = await caller.check(secrets.get(session)!.secret)
      if (status !== 200 && status !== 401) throw new Error(`Neither yes nor no: ${status}`)
      return status === 200 ? 'done' : 'refused'
    })
  }

  async function end(session: string) {
    const entry = begin({ kind: 'end', session })
    await attempt(entry, async () =>
      outcome(await pick(callers).signOut(secrets.get(session)!.secret)),
    )
  }

  /** Deletes the account by one of its sessions, and makes it anew. */
  async function endAccount(user: string, by: string) {
    const entry = begin({ kind: 'end account', user })
    const fields = { currentPassword: PASSWORD, confirmed: 'yes' }
    await attempt(entry, async () =>
      outcome(await pick(callers).post('/profile/delete', fields, secrets.get(by)!.secret)),
    )
    await signIn(user)
  }

  async function endOthers(user: string, keep: string) {
    const entry = begin({ kind: 'end others', user, keep })
    await attempt(entry, async () =>
      outcome(await pick(callers).endOthers(secrets.get(keep)!.secret)),
    )
  }

  function begin<E extends object>(entry: E) {
    const begun = { ...entry, began: now(), ended: Infinity, result: 'unknown' as const }
    history.push(begun as unknown as Entry)
    return begun as unknown as Entry
  }

  async function attempt(entry: Entry, work: () => Promise<'done' | 'refused'>) {
    try {
      const result = await work()
      entry.ended = now()
      entry.result = result
    } catch (error) {
      if (error instanceof NotKnown) notKnown.push(entry)
      // No answer: it may have been done or not. Perhaps nobody is there, so there is no hurry.
      await sleep(PACE_MS)
    }
  }

  /** One browser of a user that signs in and out, and one for each server that looks at whatever there is. */
  async function act(over: () => boolean) {
    await Promise.all(
      users.flatMap((user) => [
        repeat(over, async () => {
          await signIn(user)
          const known = recent.get(user)!
          if (known.length < 2) return
          const session = pick(known)
          if ((rounds += 1) % ROUNDS_OF_AN_ACCOUNT === 0) await endAccount(user, session)
          else await (Math.random() < 0.5 ? end(session) : endOthers(user, session))
          known.splice(0, known.length - 4)
        }),
        ...callers.map((caller) =>
          repeat(over, async () => {
            const session = pick(recent.get(user)!)
            if (session) await use(session, caller)
            await sleep(PACE_MS)
          }),
        ),
      ]),
    )
  }

  return {
    history,
    notKnown,
    act,
    async lookAtAll() {
      for (const session of secrets.keys()) {
        for (const caller of callers) await use(session, caller)
      }
    },
  }
}

/** Milliseconds on this process's monotonic clock. */
const now = () => Number(process.hrtime.bigint()) / 1e6

/** A page that answers to the session is 'done'; the way to the sign-in page is a refusal. */
async function outcome(response: Response): Promise<'done' | 'refused'> {
  const location = response.headers.get('Location') ?? ''
  if (response.status === 200 || /reason=(signed-out|account-deleted)/.test(location)) return 'done'
  // 503 promises that nothing was done, or says that nobody knows.
  if (response.status === 503 && (await response.text()).includes('It is not known whether')) {
    throw new NotKnown()
  }
  if ([302, 403, 422, 503].includes(response.status)) return 'refused'
  throw new Error(`Neither yes nor no: ${response.status}`)
}

class NotKnown extends Error {}

const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!

async function repeat(over: () => boolean, work: () => Promise<void>) {
  while (!over()) {
    await work()
  }
}
