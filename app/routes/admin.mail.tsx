import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { useEffect } from 'react'
import { chosenMailSchema, mailListSchema } from '~/accounts/schemas'
import { useBackgroundRefresh } from '~/live/use-background-refresh'
import { refused, success, tooManyAttempts } from '~/web/answers'
import { parseForm, readIntent, readSignedForm } from '~/web/forms'
import { requireAdmin, signInPath } from '~/web/guards'
import { pageLinks } from '~/web/page-links'
import { provenAs } from '~/web/step-up'
import { titled } from '~/ui/frame/site'
import { useFormAnswer } from '~/ui/controls/use-form-answer'
import { Pagination } from '~/ui/display/pagination'
import { AccountPage } from '~/ui/frame/account-page'
import { Notice } from '~/ui/frame/notice'
import { Outcome } from '~/ui/frame/outcome'
import { MailPanel, MailsTable, NoMail, OnlyFolder } from '~/ui/mail/mails-table'

export { clientAction } from '~/ui/controls/client-action'

export const meta = titled('Mail')

export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireAdmin(request, context)
  const { mail } = context.services
  const { searchParams } = new URL(request.url)
  const { state } = mailListSchema.parse(Object.fromEntries(searchParams))
  const [{ mails, ...pages }, counts] = await Promise.all([
    mail.list({ state, at: searchParams.get('at') }),
    mail.count(),
  ])
  const { isSetUp, folder } = mail
  return { isSetUp, folder, mails, counts, state, pages: pageLinks(request.url, pages) }
}

export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireAdmin(request, context)
  const form = await readSignedForm(request, context)
  const intent = readIntent(form, ['send-again', 'send-test'])
  const { mail } = context.services
  if (!mail.isSetUp) return refused('No mail is sent here yet.')
  const acting = await provenAs(viewer, form, context)
  const result =
    intent === 'send-test' ? await mail.sendTest(acting) : await mail.sendAgain(acting, idIn(form))
  if (result.ok) return success({ title: (mail.folder === null ? DONE : WRITTEN)[intent] })
  switch (result.code) {
    case 'TOO_MANY_ATTEMPTS':
      return tooManyAttempts(result, context)
    case 'NO_SUCH_MAIL':
      return refused('This mail was sent meanwhile, or is gone.')
    default:
      throw redirect(signInPath(request, context))
  }
}

/** No mail has an empty id. */
function idIn(form: URLSearchParams): string {
  const parsed = parseForm(form, chosenMailSchema)
  return parsed.ok ? parsed.fields.mailId : ''
}

const DONE = {
  'send-again': 'It is tried again now',
  'send-test': 'A mail to you is on its way',
}

const WRITTEN = { ...DONE, 'send-test': 'A mail to you is written to the mail folder' }

export default function Mails() {
  const { isSetUp, folder, mails, counts, state, pages } = useLoaderData<typeof loader>()
  const { message, problem } = useFormAnswer()
  useRefreshWhile(mails.some(({ state, tries }) => state === 'waiting' && tries === 0))
  return (
    <AccountPage title="Mail">
      <Outcome message={message} />
      {problem && <Notice tone="danger" title={problem} />}
      {!isSetUp && <NoMail />}
      {folder !== null && <OnlyFolder folder={folder} />}
      {(isSetUp || mails.length > 0) && (
        <MailPanel counts={counts} state={state} isSetUp={isSetUp}>
          <MailsTable mails={mails} isSetUp={isSetUp} />
          <Pagination {...pages} />
        </MailPanel>
      )}
    </AccountPage>
  )
}

const REFRESH_MS = 2_000
/** A mail server that takes longer is not waited for: its answer is there when the page is loaded again. */
const MOST_REFRESHES = 10

/** Asks again while a mail is about to be sent for the first time. */
function useRefreshWhile(isWaiting: boolean) {
  const refresh = useBackgroundRefresh()
  useEffect(() => {
    if (!isWaiting) return
    let asked = 0
    const timer = setInterval(() => {
      if (document.visibilityState !== 'visible' || asked >= MOST_REFRESHES) return
      asked += 1
      refresh()
    }, REFRESH_MS)
    return () => clearInterval(timer)
  }, [isWaiting, refresh])
}
