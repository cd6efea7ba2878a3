import type { Client, Transaction } from '~/database/types'
import type { OnTheWay } from './mail'
import type { FoundLink } from './one-time-links'

/**
 * Where somebody was going who asked for the mail of this link; undefined where that is not known (any
 * more). A stranger may have asked: whoever is led there has to be led to a page of ours.
 */
export async function goingToOf(
  client: Pick<Client | Transaction, 'outgoingMail'>,
  { about }: Pick<FoundLink, 'about'>,
): Promise<string | undefined> {
  if (about === null) return undefined
  const mail = await client.outgoingMail.findUnique({
    where: { id: about },
    select: { about: true },
  })
  return mail ? (JSON.parse(mail.about) as OnTheWay).goingTo : undefined
}
