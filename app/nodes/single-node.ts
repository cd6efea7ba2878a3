import type { SendBarrier } from '~/accounts/revocations'

/**
 * The nodes of an installation that has one: a database that only one server may open. An ending is
 * final when this process has forgotten what ended, which its listeners do before anybody is asked
 * for a confirmation. So there is nothing to send, and it confirms itself.
 */
export const singleNode: { sendBarrier: SendBarrier } = {
  sendBarrier: () => Promise.resolve(() => Promise.resolve({ confirmed: 1, total: 1, tabs: 0 })),
}
