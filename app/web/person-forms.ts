import { redirect, type AppLoadContext } from '@remix-run/node'
import type { TooManyAttempts } from '~/accounts/attempt-limits'
import { refused, tooManyAttempts } from './answers'
import { signInPath } from './guards'

/** What is answered about somebody's account that an administrator could not change, whatever the form was. */
export function refusePerson(
  { request, context }: { request: Request; context: AppLoadContext },
  refusal: TooManyAttempts | { ok: false; code: string },
) {
  if ('retryAfter' in refusal) return tooManyAttempts(refusal, context)
  if (refusal.code === 'NO_SUCH_USER') throw noSuchUser()
  if (refusal.code === 'NOT_ALLOWED') throw redirect(signInPath(request, context))
  return refused(NOT_DONE[refusal.code] ?? 'This was refused.')
}

const NOT_DONE: Record<string, string> = {
  LAST_ADMIN: 'This is the only administrator. Make somebody else one first.',
  OWN_ACCOUNT:
    'This is your own account. Your e-mail address, password and second factors are on your own pages.',
  NO_SUCH_GROUP: 'One of the groups is gone. Look them over and save again.',
  NO_FACTORS: 'This person has no second factor.',
  NO_LINK_NEEDED: 'This person needs no link: they can set up a second factor by themselves.',
}

export const noSuchUser = () =>
  new Response('This user doesn’t exist or was deleted.', { status: 404 })
