import { hash, randomInt } from 'node:crypto'
import type { Transaction } from '~/database/types'

/*
 * What applications know people by. Many of them hand whatever belonged to a name to whoever arrives
 * under it, so a name that was once given goes to nobody else, ever; and who chooses their own e-mail
 * address does not thereby choose their name.
 */

export const USERNAME_MAX_LENGTH = 39

/** What a username looks like: it fits into a URL, a header, a shell and a file name. */
export const isUsername = (text: string): boolean => USERNAME.test(text)
const USERNAME = /^[a-z0-9][a-z0-9._-]{0,38}$/

export type UsernameTaken = { ok: false; code: 'USERNAME_TAKEN' }
export const usernameTaken = { ok: false as const, code: 'USERNAME_TAKEN' as const }

/**
 * Gives somebody a name that was never given to anybody else; they may get an earlier one of theirs
 * back. Of two who want one at once one gets it. The row of the user is for the caller to write, after
 * this: the order in which two who want the same things wait for each other.
 *
 * @returns whether it is theirs now
 */
export async function takeUsername(
  tx: Transaction,
  { username, userId }: { username: string; userId: string },
): Promise<boolean> {
  const holder = await tx.user.findUnique({ where: { username }, select: { id: true } })
  if (holder && holder.id !== userId) return false
  const key = hashOf(username)
  await tx.$executeRaw`
    INSERT INTO "GivenUsername" ("hash", "userId") VALUES (${key}, ${userId})
    ON CONFLICT ("hash") DO NOTHING`
  const given = await tx.givenUsername.findUniqueOrThrow({ where: { hash: key } })
  return given.userId === userId
}

/**
 * Gives somebody a name made from their e-mail address.
 *
 * @param person.isEntered whether an administrator entered the address: nobody else gets the bare part
 *   before the @
 */
export async function takeSuggested(
  tx: Transaction,
  { email, userId, isEntered }: { email: string; userId: string; isEntered: boolean },
): Promise<string> {
  for (const username of suggestions(email, { isEntered })) {
    // Looked for first: what is found to be taken is then not waited for.
    if (await wasGiven(tx, username)) continue
    if (await takeUsername(tx, { username, userId })) return username
  }
  throw new Error('Suggestions have no end')
}

async function wasGiven(tx: Transaction, username: string): Promise<boolean> {
  return (await tx.givenUsername.count({ where: { hash: hashOf(username) } })) > 0
}

/**
 * The same for many people who are not there yet, whose addresses count as an administrator's.
 *
 * @param people their ids and addresses
 * @returns the name of each, by id
 */
export async function takeSuggestedForMany(
  tx: Transaction,
  people: readonly { id: string; email: string }[],
): Promise<ReadonlyMap<string, string>> {
  const chosen = new Map<string, string>()
  let waiting = people.map(({ id, email }) => ({
    id,
    names: suggestions(email, { isEntered: true }),
  }))
  const seen = new Set<string>()
  while (waiting.length > 0) {
    const tried = waiting.map((one) => ({ ...one, username: one.names.next().value }))
    const hashes = tried.map(({ username }) => hashOf(username))
    const given = await tx.givenUsername.findMany({ where: { hash: { in: hashes } } })
    for (const { hash } of given) seen.add(textOf(hash))
    waiting = tried.filter(({ id, username }, index) => {
      const key = textOf(hashes[index]!)
      if (seen.has(key)) return true
      seen.add(key)
      chosen.set(id, username)
      return false
    })
  }
  const data = [...chosen].map(([userId, username]) => ({ hash: hashOf(username), userId }))
  await tx.givenUsername.createMany({ data })
  return chosen
}

const hashOf = (username: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(hash('sha256', username, 'buffer'))

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

/** Whom somebody means who signs in with this, or is named by it. No username has an @. */
export const whoIs = (emailOrUsername: string) =>
  emailOrUsername.includes('@') ? { email: emailOrUsername } : { username: emailOrUsername }

/** So many are tried with a small number behind them before it becomes a long one. */
const SMALL_NUMBERS = 9
const LONGEST_SUFFIX = 9

/** Names for the owner of an e-mail address, without end, the best first. */
export function* suggestions(
  email: string,
  { isEntered }: { isEntered: boolean },
): Generator<string, never> {
  const bare = bareName(email)
  if (isEntered && !SPECIAL.has(bare)) {
    yield bare
    for (let number = 2; number <= SMALL_NUMBERS; number += 1) yield `${bare}${number}`
  }
  for (let digits = 4; ; digits = Math.min(digits + 1, LONGEST_SUFFIX)) {
    for (let tries = 0; tries < 3; tries += 1) {
      yield `${bare}-${randomInt(10 ** (digits - 1), 10 ** digits)}`
    }
  }
}

/** The part before the @ as far as a username can have it: of `zoë.b+lists@…`, `zoe.b`. */
function bareName(email: string): string {
  const [local = ''] = email.slice(0, email.lastIndexOf('@')).split('+')
  const name = local
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '')
    .slice(0, USERNAME_MAX_LENGTH - LONGEST_SUFFIX - 1)
    .replace(/[._-]+$/, '')
  return name === '' ? NAMELESS : name
}

/** For an address of which nothing is left, in a script that usernames do not know. */
const NAMELESS = 'user'

/**
 * Names that applications, or the systems below them, treat as special: never suggested. An
 * administrator may still give one to somebody on purpose.
 */
const SPECIAL: ReadonlySet<string> = new Set(
  `
  admin administrator administrators admins root sysadmin sysop system sys superuser super su sudo
  wheel operator owner master manager moderator mod staff support helpdesk security abuse
  guest guests anonymous anon nobody none null undefined unknown default user users test demo public
  all any anyone everyone everybody self me my you account accounts api login logout signin signup
  hostmaster postmaster webmaster mailer-daemon mail email noreply no-reply info contact news
  www www-data web http https apache nginx caddy traefik haproxy proxy daemon bin sync games man lp
  uucp backup list irc gnats sshd ssh ftp localhost local service services bot robot ghost
  git gitea forgejo gogs gitlab github bitbucket svn hg cvs actions gitea-actions forgejo-actions
  renovate dependabot jenkins drone woodpecker ci runner deploy build
  grafana prometheus alertmanager loki kibana elastic logstash zabbix netdata
  nextcloud owncloud seafile syncthing samba smb nfs webdav dav minio immich paperless
  jellyfin emby plex kodi sonarr radarr homeassistant home-assistant hass mosquitto
  wiki mediawiki dokuwiki bookstack outline wordpress ghost-admin discourse matrix synapse mastodon
  vaultwarden bitwarden vault consul keycloak authelia authentik ldap kerberos latchkey
  postgres postgresql mysql mariadb redis mongodb mongo sqlite oracle rabbitmq kafka
  docker podman kubernetes portainer proxmox ubuntu debian fedora centos pi vagrant ansible node npm
  `
    .trim()
    .split(/\s+/),
)
