import {
  redirect,
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
} from '@remix-run/node'
import { Form, useLoaderData } from '@remix-run/react'
import { disownSchema } from '~/accounts/reclaim/schemas'
import type { Viewer } from '~/accounts/viewer'
import { refused } from '~/web/answers'
import { isConfirmed } from '~/web/confirmation'
import { parseForm, readSignedForm } from '~/web/forms'
import { requireViewer, signInPath } from '~/web/guards'
import { sessionInWords, shownSessions } from '~/web/shown-sessions'
import { provenAs } from '~/web/step-up'
import { titled, useMailFolder } from '~/ui/frame/site'
import { AccountPage } from '~/ui/frame/account-page'
import { ButtonLink } from '~/ui/controls/button'
import { DoubleCheckButton } from '~/ui/controls/double-check-button'
import { FormActions, FormStack } from '~/ui/controls/form'
import { Notice } from '~/ui/frame/notice'
import { FormToken, usePageContext } from '~/ui/frame/page-context'
import { Panel } from '~/ui/frame/panel'
import { RelativeTime } from '~/ui/display/relative-time'
import { DisownEffects, DisownOutcome } from '~/ui/security/disowned-sign-in'
import { useFormAnswer, useLastAnswer } from '~/ui/controls/use-form-answer'
import type { DisownedOutcome } from '~/ui/security/disowned-sign-in'

export { clientAction } from '~/ui/controls/client-action'

export const meta = titled('It wasn’t me')

export async function loader({ request, context }: LoaderFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const id = new URL(request.url).searchParams.get('session')
  const session = await sessionOf(viewer, id, context)
  const sendsMail = context.services.mail.isSetUp
  if (!session || session.isCurrent) return { session: null, sendsMail }
  const { createdAt, ip } = session
  return { session: { id: session.id, name: sessionInWords(session), createdAt, ip }, sendsMail }
}

async function sessionOf(viewer: Viewer, id: string | null, context: AppLoadContext) {
  const listed = await context.services.sessions.list({ userId: viewer.user.id })
  return shownSessions(listed, viewer.session.id).find((session) => session.id === id)
}

export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const form = await readSignedForm(request, context)
  const parsed = parseForm(form, disownSchema)
  if (!parsed.ok) return refused('Choose a session.')
  // This page is the question.
  if (!isConfirmed(form)) return null
  const { sessionId } = parsed.fields
  const acting = await provenAs(viewer, form, context)
  const result = await context.services.disownSignIn.bySession(acting, sessionId)
  if (result.ok) {
    const cookie = context.sessionCookie.issue(result.session, context.services.clock.now())
    context.setHeader('Set-Cookie', cookie)
    return { outcome: result.done }
  }
  if (result.code === 'SESSION_ENDED') throw redirect(signInPath(request, context))
  return refused('That session has ended. What it did is listed under Activity.')
}

export default function NotMe() {
  const { session, sendsMail } = useLoaderData<typeof loader>()
  const { problem } = useFormAnswer()
  const outcome = useLastAnswer<{ outcome?: DisownedOutcome }>()?.outcome
  if (outcome) return <Done outcome={outcome} sendsMail={sendsMail} />
  return (
    <AccountPage title="It wasn’t me">
      {problem && <Notice tone="danger" title={problem} />}
      {session ? (
        <Panel
          heading={session.name}
          description={
            <>
              Signed in from {session.ip}, <RelativeTime at={session.createdAt} />.
            </>
          }
        >
          <Form method="post">
            <FormToken />
            <input type="hidden" name="sessionId" value={session.id} />
            <FormStack>
              <DisownEffects keepsThisOne />
              <FormActions>
                <DoubleCheckButton alreadyAsked label="It wasn’t me" name="intent" value="disown" />
                <ButtonLink to="/profile" tone="quiet">
                  Cancel
                </ButtonLink>
              </FormActions>
            </FormStack>
          </Form>
        </Panel>
      ) : (
        !problem && <Notice title="That session has ended, or it is this one." />
      )}
    </AccountPage>
  )
}

function Done({ outcome, sendsMail }: { outcome: DisownedOutcome; sendsMail: boolean }) {
  const isFolder = useMailFolder()
  const isAdmin = usePageContext()?.viewer.isAdmin
  const isMailed = sendsMail && !outcome.isAddressLost
  return (
    <AccountPage title="It wasn’t me">
      <Panel
        heading="Your account is safe again"
        description={
          isMailed
            ? `A mail with a link to choose a new password ${isFolder ? 'is written to the mail folder' : 'is on its way to you'}. Until then this browser stays signed in.`
            : 'Ask an administrator for a link to choose a new password. Until then this browser stays signed in.'
        }
      >
        <DisownOutcome outcome={outcome} />
        {isAdmin && !isMailed && (
          <p className="mt-3 text-sm text-soft">
            If you are the only administrator, make the link on Latchkey’s machine:{' '}
            <code>npm run latchkey -- password-link</code>, with your e-mail address.
          </p>
        )}
      </Panel>
    </AccountPage>
  )
}
