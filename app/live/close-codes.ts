/** Why a tab's socket is closed. 4000 to 4999 are free for applications (RFC 6455, 7.4.2). */
export const CLOSE = {
  signedOut: 4001,
  reconnect: 4002,
  goingAway: 1001,
  notAllowed: 1008,
} as const
