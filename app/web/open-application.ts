import type { AppLoadContext } from '@remix-run/node'
import type { Acting } from '~/accounts/viewer'
import type { z } from 'zod'
import { openSchema } from '~/applications/schemas'
import { noSuchApplication } from './application-forms'

export type OpenResult =
  | { kind: 'opened'; location: string }
  | { kind: 'ask'; application: { name: string; address: string } }
  /** The session has to show a second factor first. */
  | { kind: 'needs-factor' }
  /** The session that asks is gone. */
  | { kind: 'ended' }

/**
 * Opens an application for a signed-in person: makes the code, and says where it is taken.
 *
 * @param agreed whether the person pressed the button that asks
 * @throws Response 404, 403 or 429 with a sentence
 */
export async function openApplication(
  acting: Acting,
  { application, nonce, to }: z.output<typeof openSchema>,
  agreed: boolean,
  context: AppLoadContext,
): Promise<OpenResult> {
  const { openApplication: open, forwardAuth } = context.services
  // Before anything is counted: names can be invented without end.
  if (!(await forwardAuth.byId(application))) throw noSuchApplication()
  const returnTo = forwardAuth.returnTarget(to)
  const asked = { applicationId: application, nonceHash: nonce, returnTo, agreed }
  const result = await open(acting, asked)
  if (result.ok) {
    return { kind: 'opened', location: `${result.address}/.latchkey/enter?code=${result.secret}` }
  }
  switch (result.code) {
    case 'SESSION_ENDED':
      return { kind: 'ended' }
    case 'NEEDS_FACTOR':
      return { kind: 'needs-factor' }
    case 'ASK_FIRST':
      return { kind: 'ask', application: result.application }
    case 'NO_SUCH_APPLICATION':
      throw noSuchApplication()
    case 'NOT_THEIRS':
      throw new Response(
        `You may not use ${result.application.name}. If you need it, ask an administrator to let you ` +
          'in. If you have another account, sign out and open it again.',
        { status: 403 },
      )
    case 'TOO_MANY_ATTEMPTS':
      context.setHeader('Retry-After', String(result.retryAfter))
      throw new Response(
        'The application was opened too often in a minute. Perhaps your browser keeps no cookies of ' +
          'its address: allow them, and open it again. If nobody can open it, an administrator has to ' +
          'look at its address and its proxy.',
        { status: 429 },
      )
  }
}

/**
 * What opens an application signs somebody in there: only a page that somebody opened may.
 *
 * @throws Response 403 for a frame, and for what a browser fetches before anybody asked for it
 */
export function requireDocumentNavigation({ headers }: Request): void {
  const destination = headers.get('Sec-Fetch-Dest')
  const isAhead = /prefetch|prerender/i.test(headers.get('Sec-Purpose') ?? '')
  if (!isAhead && (destination === null || destination === 'document')) return
  throw new Response('Open this in a window of its own.', { status: 403 })
}

/** Lets the form of a page lead on to the application that is to be opened after it. */
export async function allowOpening(redirectTo: string | null, context: AppLoadContext) {
  const [path, query] = redirectTo?.split('?', 2) ?? []
  if (path !== '/open') return
  const { data: id } = openSchema.shape.application.safeParse(
    new URLSearchParams(query).get('application'),
  )
  const application = id && (await context.services.forwardAuth.byId(id))
  if (application) context.allowFormsTo(application.address)
}
