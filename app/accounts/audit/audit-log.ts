import { createExportAudit } from './export'
import { createSearchAudit } from './search'

/** The ways to read the audit log. */
export const createAuditLog = (deps: Parameters<typeof createExportAudit>[0]) => ({
  searchAudit: createSearchAudit(deps),
  exportAudit: createExportAudit(deps),
})
