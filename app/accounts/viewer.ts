import type { Role, SecondFactor } from '~/database/types'
import type { DeviceSecrets } from './devices/device-rows'

/** Who is asking: a person, through one of their sessions. Never shown as it is: see formKey. */
export type Viewer = {
  readonly user: {
    readonly id: string
    readonly username: string
    readonly name: string
    readonly email: string
    readonly role: Role
  }
  readonly session: {
    readonly id: string
    readonly createdAt: Date
    /** The absolute limit. The sliding one moves too often to be shown to anybody. */
    readonly endsAt: Date
    /** When this browser's person last proved who they are. */
    readonly authenticatedAt: Date
    readonly secondFactor: SecondFactor | null
    /** Keys this session's form tokens. Secret: whoever has it can forge them. */
    readonly formKey: string
    /** SHA-256 of the secret that was shown, as base64. */
    readonly secretKey: string
  }
}

/** A viewer together with where the request came from: what the audit log wants to know. */
export type Acting = { viewer: Viewer; ip: string }

/** Where a request came from, as far as it can be known. */
export type Origin = {
  ip: string
  userAgent: string
  /** What the browser says of its device beside that, in a form of ours. */
  deviceHints?: string | null
  /** What it holds from earlier sign-ins. Secret. */
  devices?: DeviceSecrets
}
