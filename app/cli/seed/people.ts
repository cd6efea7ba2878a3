import { days, hours } from '~/accounts/time'
import type { InventedPerson, InventedSession } from '~/accounts/users/add-people'
import { createSeededRandom, type SeededRandom } from './seeded-random'
import { FIRST_NAMES, LAST_NAMES, MAIL_HOSTS, USER_AGENTS } from './words'

const OLDEST_ACCOUNT = days(1500)
/** Within the default limits, so that what is invented has not expired: kept or brief, then idle. */
const OLDEST_KEPT = days(85)
const OLDEST_BRIEF = hours(23)
const LONGEST_IDLE = days(13)

/** How many sessions a person has, by how often that is so. */
const SESSION_COUNTS = [0, 0, 1, 1, 1, 1, 2, 2, 3, 4]
const ADMINISTRATORS = 1 / 250
const DISABLED = 1 / 50
const KEPT = 0.7

/**
 * People without end, always the same ones for the same seed and moment, no two with one e-mail
 * address. The first is an administrator.
 *
 * @param options.administrators false: nobody among them is one, and all else is the same
 */
export function* inventPeople({
  seed,
  now,
  administrators = true,
}: {
  seed: number
  now: Date
  administrators?: boolean
}): Generator<InventedPerson, never> {
  const chance = createSeededRandom(seed)
  const taken = new Set<string>()
  for (let isFirst = true; ; isFirst = false) {
    const first = chance.oneOf(FIRST_NAMES)
    const last = chance.oneOf(LAST_NAMES)
    const disabled = !isFirst && chance.happens(DISABLED)
    const createdAt = before(now, chance.upTo(OLDEST_ACCOUNT))
    const email = freeEmail(first, last, taken, chance)
    const isChosen = isFirst || chance.happens(ADMINISTRATORS)
    yield {
      name: `${first} ${last}`,
      email,
      role: isChosen && administrators ? 'admin' : 'user',
      createdAt,
      disabledAt: disabled ? between(createdAt, now, chance) : null,
      sessions: disabled ? [] : inventSessions(createdAt, now, chance),
    }
  }
}

function inventSessions(since: Date, now: Date, chance: SeededRandom): InventedSession[] {
  return Array.from({ length: chance.oneOf(SESSION_COUNTS) }, () => {
    const kept = chance.happens(KEPT)
    const started = before(now, chance.upTo(kept ? OLDEST_KEPT : OLDEST_BRIEF))
    const createdAt = later(since, started)
    const lastSeenAt = between(later(createdAt, before(now, LONGEST_IDLE)), now, chance)
    return {
      createdAt,
      lastSeenAt,
      kept,
      ip: address(chance),
      userAgent: chance.oneOf(USER_AGENTS),
    }
  })
}

function freeEmail(first: string, last: string, taken: Set<string>, chance: SeededRandom): string {
  const [a, b] = [plain(first), plain(last)]
  const local = chance.oneOf([`${a}.${b}`, `${a[0]}.${b}`, `${a}${b}`, `${b}.${a}`])
  const host = chance.oneOf(MAIL_HOSTS)
  const email = numbered((number) => `${local}${number}@${host}`, taken)
  taken.add(email)
  return email
}

/** The first that is free, with the smallest number that makes it so. */
function numbered(make: (number: number | '') => string, taken: ReadonlySet<string>): string {
  for (let number: number | '' = ''; ; number = number === '' ? 2 : number + 1) {
    const text = make(number)
    if (!taken.has(text)) return text
  }
}

const MARKS = /[^a-z]/g
const plain = (name: string) => name.normalize('NFD').toLowerCase().replace(MARKS, '')

/** From the networks that are set aside for examples (RFC 5737, RFC 3849). */
function address(chance: SeededRandom): string {
  const number = chance.upTo(254) + 1
  const network = chance.oneOf(['192.0.2.', '198.51.100.', '203.0.113.', '2001:db8::'])
  return `${network}${network.includes(':') ? number.toString(16) : number}`
}

const before = (moment: Date, milliseconds: number) => new Date(moment.getTime() - milliseconds)
const later = (a: Date, b: Date) => (a > b ? a : b)
const between = (from: Date, to: Date, chance: SeededRandom) =>
  new Date(from.getTime() + chance.upTo(to.getTime() - from.getTime()))
