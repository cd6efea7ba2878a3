import { WebSocketServer } from 'ws'
import { Tab } from './tabs'

/** Tabs have nothing to say, so what they send can be small. */
const MAX_FRAME_BYTES = 1024
const MAX_FRAGMENTS = 16

/** Turns granted upgrades into tabs. Nothing is compressed: that would cost memory for each. */
export function createUpgrades() {
  return new WebSocketServer({
    WebSocket: Tab,
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    maxFragments: MAX_FRAGMENTS,
    clientTracking: false,
  })
}
