import { redirect, type AppLoadContext } from '@remix-run/node'
import type { NextSteps } from '~/accounts/users/next-steps'
import type { Viewer } from '~/accounts/viewer'
import { ifPossible, success } from './answers'
import { actingAs, signInPath } from './guards'

/** What the first administrator is greeted with where they land; null for everybody else, at no cost. */
export async function nextStepsOf(
  { user }: Viewer,
  context: AppLoadContext,
): Promise<(NextSteps & { mail: boolean; isMailFolder: boolean }) | null> {
  if (user.role !== 'admin') return null
  const { nextSteps, mail } = context.services
  const found = await ifPossible(nextSteps.find(user.id), context)
  if (!found) return null
  const isMailFolder = mail.folder !== null
  const isMailSent = mail.isSetUp && !isMailFolder
  const isLeft = !isMailSent || !found.secondFactor || !found.application || !found.person
  return isLeft ? { ...found, mail: isMailSent, isMailFolder } : null
}

/** What the form "Hide this" does, on each page that greets with it. */
export async function hideNextSteps(viewer: Viewer, request: Request, context: AppLoadContext) {
  const result = await context.services.nextSteps.hide(actingAs(viewer, context))
  if (!result.ok) throw redirect(signInPath(request, context))
  return success({ title: 'Hidden' })
}
