import type { AppLoadContext } from '@remix-run/node'
import type { StartedSession } from '~/accounts/sessions/insert'
import { ifPossible } from './answers'

/** What somebody came for who asked for no page: their applications, and the profile while there are none. */
export async function homeOf(userId: string, context: AppLoadContext): Promise<string> {
  const has = context.services.applications.isAnyOpenTo(userId)
  return (await ifPossible(has, context)) ? '/apps' : '/profile'
}

/** The same for whoever has just signed in. */
export async function homeAfterSignIn(
  { secret }: StartedSession,
  context: AppLoadContext,
): Promise<string> {
  const viewer = await ifPossible(context.services.sessions.verify(secret), context)
  return viewer ? homeOf(viewer.user.id, context) : '/profile'
}
