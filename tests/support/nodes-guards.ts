import type { Alteration } from './altered-protocol'
import type { KindName } from './nodes-story'

/** A guard of the protocol, and the source in which it alone is missing. */
export type Guard = Alteration & {
  but: string
  /** Stories in which it matters. */
  told: KindName
}

const severalNodes = 'nodes/several-nodes.ts'
const confirmations = 'nodes/confirmations.ts'
const identityCache = 'accounts/sessions/identity-cache.ts'

export const GUARDS: Guard[] = [
  {
    but: 'a ping counted when it is sent, not when it comes back',
    in: severalNodes,
    replace: [['await channel.ping(id, ping)) return', '$& cameBack(ping)']],
    told: 'silent nodes',
  },
  {
    but: 'the lease began when the ping comes back, not when it was sent',
    in: severalNodes,
    replace: [['sentAt + LEASE_MS', 'time.now() + LEASE_MS']],
    told: 'silent nodes',
  },
  {
    but: 'a lease outlived the connection on which its ping came back',
    in: severalNodes,
    replace: [['    leaseEnds = -Infinity\n', '']],
    told: 'late calls',
  },
  {
    but: 'a node forgot nothing when it begins to listen',
    in: severalNodes,
    replace: [['begun\n    forgetEverything()', 'begun']],
    told: 'late calls',
  },
  {
    but: 'nobody waited for a node that is silent',
    in: confirmations,
    replace: [['WAIT_MS = 2_200', 'WAIT_MS = 0']],
    told: 'silent nodes',
  },
  {
    but: 'the wait counted from the commit, not from when the list was read',
    in: confirmations,
    replace: [
      ['const list = await', 'const committed = time.now()\n    $&'],
      ['some(isSilent), id)', 'some(isSilent), id, time.now() - committed)'],
      ['isOver: () => boolean, id: string', '$&, spent: number'],
      ['after(WAIT_MS', 'after(Math.max(0, WAIT_MS - spent)'],
    ],
    told: 'late lists',
  },
  {
    but: 'a silent node were taken off the list though it has pinged since',
    in: confirmations,
    replace: [['.remove(node, ping)', '.remove(node)']],
    told: 'silent nodes',
  },
  {
    but: 'a read that saw its row before an ending were kept after it',
    in: identityCache,
    replace: [['epoch === epochBefore', 'true']],
    told: 'long reads',
  },
  {
    but: 'a read under way were joined without a lease',
    in: identityCache,
    replace: [['underWay?.isCurrent() && changes.areKnown()', 'underWay?.isCurrent()']],
    told: 'long reads',
  },
  {
    but: 'the answer that somebody is gone already were given without a barrier',
    in: 'accounts/revocations.ts',
    replace: [["type !== 'access-granted'", "$& && type !== 'already-gone'"]],
    told: 'anything',
  },
]
