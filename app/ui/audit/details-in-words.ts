import { proofInWords, stepsInWords } from '../display/proofs-in-words'

type Details = Record<string, unknown>

/** The facts of an event that say something to a person; ids are for the export. */
export function detailsInWords(details: Details): string {
  const { from, to, name, count, scopes, role, reason } = details
  return [
    changedInWords(from, to),
    typeof name === 'string' && `“${name}”`,
    Array.isArray(scopes) && scopes.join(', '),
    typeof count === 'number' && counted(count, 'session'),
    typeof reason === 'string' && (REASONS[reason] ?? reason),
    typeof role === 'string' && `as ${role === 'admin' ? 'administrator' : 'user'}`,
    ...ofSignIns(details),
    ...ofFactors(details),
    ...ofApplications(details),
  ]
    .filter((words) => typeof words === 'string' && words !== '')
    .join(' · ')
}

/** What had no name before, or has none now, says only the one that it has or had. */
function changedInWords(from: unknown, to: unknown): string | false {
  if (typeof to !== 'string') return typeof from === 'string' && `no longer “${from}”`
  return typeof from === 'string' ? `from “${from}” to “${to}”` : `“${to}”`
}

/** Why something was refused, or ended. */
const REASONS: Record<string, string> = {
  'too-many-attempts': 'too many attempts: the next ones are not listed',
  'unknown-account': 'no account has this e-mail address or username',
  'no-password': 'the account has no password',
  'wrong-password': 'wrong password',
  disabled: 'the account is disabled',
  'wrong-code': 'wrong code',
  'passkey-refused': 'the passkey was not accepted',
  'too-late': 'it took too long',
  'access-taken': 'access was taken away',
  'never-given': 'it never reached the browser',
  'too-many-sessions': 'too many sessions',
  replaced: 'replaced by another sign-in',
  expired: 'expired',
}

/** With what somebody signed in, or proved again who they are. */
const ofSignIns = ({ signedInBy, secondFactor, proof: again }: Details) => [
  ...stepsInWords(signedInBy, secondFactor),
  typeof again === 'string' && proofInWords(again),
]

/** Which second factors came or went, and how many of the codes and devices that go with them. */
function ofFactors({ factor, factors, replaces, left, codes, devices }: Details) {
  const changed = [factor, factors].flat().filter((one) => typeof one === 'string')
  return [
    ...changed.map(proofInWords),
    replaces === true && 'in place of another',
    typeof left === 'number' &&
      (left > 0 ? `${counted(left, 'recovery code')} left` : 'no recovery codes left'),
    typeof codes === 'number' && counted(codes, 'recovery code'),
    typeof devices === 'number' && counted(devices, 'remembered device'),
  ]
}

/** What is said of applications and groups. The id of an application speaks for itself. */
function ofApplications(details: Details) {
  const { name, application, applications, forApplication, group, address, changed } = details
  const { members, signIns, tokens, applicationSignIns } = details
  return [
    typeof group === 'string' && `“${group}”`,
    typeof application === 'string' && typeof name !== 'string' && application,
    Array.isArray(applications) && applications.join(', '),
    typeof forApplication === 'string' && `for ${forApplication}`,
    typeof address === 'string' && address,
    Array.isArray(changed) && changesInWords(changed as string[], details),
    typeof members === 'number' && counted(members, 'member'),
    typeof signIns === 'number' && counted(signIns, 'sign-in'),
    typeof tokens === 'number' && counted(tokens, 'API token'),
    typeof applicationSignIns === 'number' &&
      applicationSignIns > 0 &&
      `${counted(applicationSignIns, 'sign-in')} at applications`,
  ]
}

/** "wiki: address, who may use it (staff)". */
function changesInWords(changed: readonly string[], { id, access, groups }: Details): string {
  const fields = [...new Set(changed.map((field) => FIELDS[field] ?? field))]
  const who = access === 'everybody' ? 'everybody' : [groups].flat().join(', ') || 'nobody'
  const words = fields.map((field) => (field === ACCESS ? `${ACCESS} (${who})` : field))
  return `${String(id)}: ${words.join(', ') || 'nothing'}`
}

const ACCESS = 'who may use it'
const FIELDS: Record<string, string> = {
  address: 'address',
  host: 'address',
  forEverybody: ACCESS,
  groups: ACCESS,
  publicPaths: 'public paths',
  moreOrigins: 'further origins',
  assertion: 'signed assertion',
  upstream: 'where it listens',
  secondFactor: 'second factor',
}

/** Of none, nothing is said. */
const counted = (count: number, noun: string) =>
  count > 0 && `${count} ${noun}${count === 1 ? '' : 's'}`
