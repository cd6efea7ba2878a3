import { WebSocketServer } from 'ws'

/** Tabs have nothing to say, so what they send can be small. */
const MAX_FRAME_BYTES = 1024
const MAX_FRAGMENTS = 16

/** Turns granted upgrades into sockets. Nothing is compressed: that would cost memory for each. */
export function createUpgrades(): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    maxFragments: MAX_FRAGMENTS,
    clientTracking: false,
  })
}
