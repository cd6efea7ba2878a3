import { createExportAudit } from './export'
import { createPurgeAudit } from './retention'
import { createSearchAudit } from './search'
import { createSessionStarts } from './session-starts'

type Deps = Parameters<typeof createExportAudit>[0] & Parameters<typeof createPurgeAudit>[0]

/** What is done with the audit log once it is written: searched, taken as a file, and let go of in time. */
export const createAuditLog = (deps: Deps) => ({
  searchAudit: createSearchAudit(deps),
  exportAudit: createExportAudit(deps),
  purgeAudit: createPurgeAudit(deps),
  sessionStarts: createSessionStarts(deps),
})
