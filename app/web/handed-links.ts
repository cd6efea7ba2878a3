import type { AppLoadContext } from '@remix-run/node'
import type { Acting } from '~/accounts/viewer'
import { refused, shownOnce, success } from './answers'

/** Makes a link by which somebody chooses their password, and mails it, or shows it this once. */
export async function handOutLink(
  intent: 'password-link' | 'mail-password-link',
  { acting, userId, context }: { acting: Acting; userId: string; context: AppLoadContext },
) {
  const { administration, mail } = context.services
  const isMailed = intent === 'mail-password-link'
  if (isMailed && !mail.isSetUp) return refused('No mail is sent here.')
  const by = isMailed ? 'mailed' : 'shown'
  const result = await administration.createPasswordLink(acting, userId, by)
  if (!result.ok) return result
  if (result.secret === null) {
    return success({
      title:
        mail.folder === null
          ? 'The link is on its way'
          : 'The mail with the link is written to the mail folder',
    })
  }
  return shownOnce({ link: `${context.origin}/password-link?token=${result.secret}` }, context)
}

/** The same for the link that a person needs who has to make their next second factor. */
export async function handOutFactorLink(
  intent: 'remove-factors' | 'factor-link',
  { acting, userId, context }: { acting: Acting; userId: string; context: AppLoadContext },
) {
  const { createLink, remove } = context.services.administerFactors
  const result = await (intent === 'factor-link' ? createLink : remove)(acting, userId)
  if (!result.ok) return result
  return shownOnce({ factorLink: `${context.origin}/add-factor?token=${result.secret}` }, context)
}
