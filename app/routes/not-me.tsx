import {
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
} from '@remix-run/node'
import { Form, useLoaderData } from '@remix-run/react'
import { olderAccessSchema } from '~/accounts/reclaim/schemas'
import { refused, success, tooManyAttempts } from '~/web/answers'
import { describeUserAgent } from '~/web/describe-user-agent'
import { parseForm, readForm, readIntent } from '~/web/forms'
import { deadLink, formAction, keepLink, requireLink } from '~/web/link-page'
import { sessionInWords } from '~/web/shown-sessions'
import { titled, useMailFolder } from '~/ui/frame/site'
import { SubmitButton } from '~/ui/controls/form'
import { Notice } from '~/ui/frame/notice'
import { Outcome } from '~/ui/frame/outcome'
import { AuthFrame } from '~/ui/frame/page-frame'
import { RelativeTime } from '~/ui/display/relative-time'
import { DisownEffects, DisownOutcome } from '~/ui/security/disowned-sign-in'
import { OlderAccess } from '~/ui/security/older-access'
import { useFormAnswer } from '~/ui/controls/use-form-answer'

export { clientAction } from '~/ui/controls/client-action'

const PAGE = '/not-me'

export const meta = titled('It wasn’t me')

export async function loader({ request, context }: LoaderFunctionArgs) {
  const token = new URL(request.url).searchParams.get('token')
  if (token !== null) {
    await requireSignIn(token, context)
    throw keepLink({ page: PAGE, request, context }, token)
  }
  const link = requireLink({ page: PAGE, request, context })
  const { userId, sessionId, signedInAt, ip, userAgent, outcome } = await requireSignIn(
    link.secret,
    context,
  )
  const { olderAccess, searchAudit, mail } = context.services
  const sendsMail = mail.isSetUp
  const { events } = await searchAudit({ userId, sessionId, at: null })
  return {
    ...{ signedInAt, ip, outcome, sendsMail, action: formAction(PAGE, link) },
    browser: sessionInWords(describeUserAgent(userAgent)),
    did: events.map(({ id, at, words }) => ({ id, at, words })),
    older: outcome ? await olderAccess.list({ userId, signedInAt }) : [],
  }
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await readForm(request)
  const link = requireLink({ page: PAGE, request, context })
  switch (readIntent(form, ['disown', 'remove-older'])) {
    case 'disown': {
      const result = await context.services.disownSignIn.byLink(link.secret, context.client)
      if (result.ok) return success({ title: 'You are signed out everywhere' })
      if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
      throw linkDoesNotWork()
    }
    case 'remove-older':
      return removeOlder(link.secret, form, context)
  }
}

async function removeOlder(secret: string, form: URLSearchParams, context: AppLoadContext) {
  const parsed = parseForm(form, olderAccessSchema)
  if (!parsed.ok) return refused('Choose something of the list.')
  const result = await context.services.olderAccess.remove(secret, parsed.fields, context.client)
  if (result.ok) return success({ title: 'Removed' })
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  if (result.code === 'LINK_INVALID') throw linkDoesNotWork()
  return refused(
    'This is your only second factor. Sign in with your new password, add another one, and remove it there.',
  )
}

async function requireSignIn(secret: string, context: AppLoadContext) {
  const found = await context.services.disownSignIn.find(secret)
  if (!found) throw linkDoesNotWork()
  return found
}

const linkDoesNotWork = () =>
  deadLink('This link has expired. If somebody else uses your account, change your password.')

export default function NotMe() {
  const { signedInAt, ip, browser, outcome, did, older, sendsMail, action } =
    useLoaderData<typeof loader>()
  const { message, problem } = useFormAnswer()
  const isFolder = useMailFolder()
  return (
    <AuthFrame
      title={outcome ? 'Your account is safe again' : 'Was this not you?'}
      intro={
        <>
          Signed in with {browser} from {ip}, <RelativeTime at={signedInAt} />.
        </>
      }
    >
      <Outcome message={message} />
      {problem && <Notice tone="danger" title={problem} />}
      {outcome ? (
        <>
          <DisownOutcome outcome={outcome} />
          <p>
            {sendsMail && !outcome.isAddressLost
              ? `A mail with a link to choose a new password ${isFolder ? 'is written to the mail folder' : 'is on its way to you'}.`
              : 'Ask an administrator for a link to choose a new password.'}
          </p>
        </>
      ) : (
        <>
          <DisownEffects />
          <Form method="post" action={action}>
            <SubmitButton tone="danger" wide name="intent" value="disown">
              It wasn’t me
            </SubmitButton>
          </Form>
          <p className="text-sm text-soft">If it was you, close this page. Nothing happens then.</p>
        </>
      )}
      {older.length > 0 && (
        <section className="grid gap-2">
          <h2 className="font-semibold">Do you know these?</h2>
          <p className="text-sm text-soft">They are older than that sign-in, and still work.</p>
          <OlderAccess items={older} action={action} />
        </section>
      )}
      {did.length > 0 && (
        <section className="grid gap-2">
          <h2 className="font-semibold">What that session did</h2>
          <ul className="grid gap-1 text-sm text-soft">
            {did.map(({ id, at, words }) => (
              <li key={id}>
                {words}, <RelativeTime at={at} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </AuthFrame>
  )
}
