import type { Database } from '~/database/types'
import type { AttemptLimits } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import type { EnqueueMail } from '../mail'
import type { OneTimeLinks } from '../one-time-links'
import type { Revocations } from '../revocations'
import type { SessionPolicy } from '../sessions/policy'
import type { Sessions } from '../sessions/sessions'
import type { MakingPasskeys } from '../sign-in/make-passkey'
import { createSecondStep } from '../sign-in/second-step'
import type { Clock } from '../time'
import { createAddFactor } from './add-factor'
import { createProposals } from './authenticator'
import { createAdministerFactors } from './administer-factors'
import { createOwnFactors } from './own-factors'
import type { ShownFactors } from './shown-factor'
import type { FactorPolicy } from './which'

/** Everything about second factors: taking the second step, one's own, and other people's. */
export function createFactors(deps: {
  database: Database
  revocations: Revocations
  sessions: Sessions
  links: OneTimeLinks
  shownFactors: ShownFactors
  limits: AttemptLimits
  record: RecordAudit
  enqueueMail: EnqueueMail
  clock: Clock
  policy: SessionPolicy
  factorPolicy: FactorPolicy
  /** Under which authenticator apps keep their keys. */
  siteName: string
  makingPasskeys: MakingPasskeys
}) {
  const within = { ...deps, addFactor: createAddFactor(deps), proposals: createProposals(deps) }
  return {
    secondStep: createSecondStep(within),
    ownFactors: createOwnFactors(within),
    administerFactors: createAdministerFactors(deps),
  }
}
