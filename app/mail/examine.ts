import { createTransportOf } from './transport'
import type { MailSettings } from './settings'

/**
 * Asks whether mails would be taken: the server is reached and takes the login, or the folder can be
 * written to. Sends nothing.
 *
 * @returns what is wrong, in the server's words; null when all is well
 */
export const examineMail = (settings: MailSettings, origin: string): Promise<string | null> =>
  createTransportOf(settings, new URL(origin).hostname).examine()
