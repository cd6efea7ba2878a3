import { formOf } from './administration'
import { linkInMail, type MailServer, type ReceivedMail } from './mail-server'
import type { TestServer } from './server'
import { until } from './until'
import { createVisitor, PASSWORD, type Visitor } from './visitor'

/** What somebody does with the mails that they are sent, over HTTP. */
export function createMailbox({ mails }: Pick<MailServer, 'mails'>) {
  const taken = new Set<ReceivedMail>()

  /** Waits for a mail to an address whose link leads to a page. Each is found once. */
  async function mailTo(email: string, page: string): Promise<ReceivedMail> {
    const isIt = (mail: ReceivedMail) =>
      !taken.has(mail) && mail.recipients.includes(email) && mail.text!.includes(`${page}?token=`)
    const mail = await until(() => mails.find(isIt))
    taken.add(mail)
    return mail
  }

  return {
    mailTo,
    linkTo: async (email: string, page: string) => linkInMail(await mailTo(email, page)),
  }
}
export type Mailbox = ReturnType<typeof createMailbox>

/** Opens a link, and presses the button of its page with these fields typed. */
export async function press(
  visitor: Visitor,
  link: string,
  fields: Record<string, string> = {},
): Promise<Response> {
  await visitor.get(link)
  return visitor.post(formOf(link), fields)
}

/** Somebody who signed up by mail, in a browser of their own. */
export async function signUpByMail(
  { origin }: Pick<TestServer, 'origin'>,
  { linkTo }: Mailbox,
  email: string,
  { name = 'Ada Lovelace', password = PASSWORD, ...options }: SignUp = {},
): Promise<Visitor> {
  const visitor = createVisitor(origin, options)
  await visitor.post('/signup', { email })
  await press(visitor, await linkTo(email, '/signup-link'), { name, password })
  return visitor
}
type SignUp = { name?: string; password?: string; userAgent?: string; ip?: string }
