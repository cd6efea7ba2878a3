import { isIPv6 } from 'node:net'
import type { SetUpLink } from '~/accounts/users/sign-up'
import type { Env } from './env'

/** In one line, with what a proxy is to be told: where it listens. In another, that mails reach nobody. */
export function sayReady({ origin, host, port, nodes, mail }: Env, setUpLink: SetUpLink) {
  const at = setUpLink.state === 'made' ? '' : ` at ${origin}`
  const where = `${isIPv6(host) ? `[${host}]` : host}:${port}`
  const several = nodes > 1 ? `, with ${nodes} nodes` : ''
  const next = nextStep(origin, setUpLink)
  process.stdout.write(`Latchkey is ready${at} and listens at ${where}${several}${next}\n`)
  if (mail && 'folder' in mail.way) {
    process.stdout.write(`Mails are not sent, but written to ${mail.way.folder}\n`)
  }
}

function nextStep(origin: string, link: SetUpLink): string {
  switch (link.state) {
    case 'made':
      return `. Create the first administrator: ${origin}/setup?token=${link.secret}`
    case 'made-elsewhere':
      return (
        '. A link by which the first administrator is created was printed within the last minute; ' +
        '“npm run latchkey -- setup-link” prints another one in its place'
      )
    case 'not-needed':
      return ''
  }
}
