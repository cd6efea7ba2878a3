import { redirect, type AppLoadContext } from '@remix-run/node'
import type { z } from 'zod'
import type { Refused, RegistryRefusal } from '~/applications/registry'
import { addApplicationSchema, editApplicationSchema, proxySchema } from '~/applications/schemas'
import { tooManyAttempts, unprocessable } from './answers'
import { refuseFields, type FieldErrors } from './forms'
import { signInPath } from './guards'

/** What is answered about an application that was refused: at its field, where there is one. */
export function refuseApplication(
  { request, context, form }: { request: Request; context: AppLoadContext; form: URLSearchParams },
  refusal: Refused,
) {
  switch (refusal.code) {
    case 'NO_SUCH_APPLICATION':
      throw noSuchApplication()
    case 'NOT_ALLOWED':
    case 'NO_SUCH_USER':
      throw redirect(signInPath(request, context))
    case 'TOO_MANY_ATTEMPTS':
      return tooManyAttempts(refusal, context)
    default: {
      const schema = form.has('id') ? addApplicationSchema : editApplicationSchema
      return unprocessable(refuseFields(form, schema, AT_FIELDS[refusal.code]))
    }
  }
}

const AT_FIELDS: Record<Exclude<RegistryRefusal['code'], 'NO_SUCH_APPLICATION'>, FieldErrors> = {
  ID_TAKEN: {
    id: 'An application has this short name, or had it once: proxies may still be configured for that one. Choose another.',
  },
  HOST_TAKEN: {
    address:
      'Another application has this host name. Give this one its own: cookies know no ports.',
  },
  IS_ACCOUNT_SITE: {
    address: 'Latchkey itself has this host name. Give the application its own.',
  },
  PLAIN_HTTP: {
    address: 'Over plain http everybody on the way can read along. Use https, or set ALLOW_HTTP=1.',
  },
  NO_SUCH_GROUP: { group: 'One of the groups is gone. Look them over and save again.' },
}

export const noSuchApplication = () =>
  new Response('There is no such application, or not any more.', { status: 404 })

/**
 * The proxy whose configuration is asked for.
 *
 * @throws Response 400 when that is none that we know
 */
export function askedProxy({ url }: Request): Proxy {
  const proxy = proxySchema.safeParse(new URL(url).searchParams.get('proxy'))
  if (proxy.success) return proxy.data
  throw new Response(`${proxy.error.issues[0]?.message}.`, { status: 400 })
}

/** A configuration to be saved to a file. */
export const configurationFile = (text: string, name: string) =>
  new Response(text, {
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Disposition': `attachment; filename="${name}"`,
    },
  })

type Proxy = z.output<typeof proxySchema>
const ENDINGS = { nginx: 'conf', caddy: 'Caddyfile', traefik: 'yml' } as const

export const fileName = (of: string, proxy: Proxy) => `${of}.${ENDINGS[proxy]}`

/** Where each proxy usually has its configuration. */
const USUAL_FILES = {
  nginx: '/etc/nginx/conf.d/latchkey.conf',
  caddy: '/etc/caddy/Caddyfile',
  traefik: '/etc/traefik/latchkey/latchkey.yml',
} as const

/** What an operator runs to see where the file of a proxy differs from what is printed. */
export const compareCommand = (proxy: Proxy, id?: string): string =>
  [
    'npm run --silent latchkey -- application config',
    ...(id === undefined ? [] : [id]),
    `--proxy ${proxy} --compare ${USUAL_FILES[proxy]}`,
  ].join(' ')
