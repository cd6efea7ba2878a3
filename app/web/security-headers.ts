import { randomBytes } from 'node:crypto'
import { days } from '~/accounts/time'

/** Headers on every answer, whatever its status and whoever made it. */
export type SecurityHeaders = {
  /**
   * The same at the host of an application, whose other pages are not ours: nothing that browsers
   * remember for a whole host, such as that it is to be asked over https alone.
   */
  atApplications: Readonly<Record<string, string>>
  /** For anything that is not a page: nothing in it may load or run. */
  plain: Readonly<Record<string, string>>
  /**
   * What is different for a page whose scripts carry this nonce.
   *
   * @param formsTo another origin to which the answer to one of its forms may lead
   */
  page(nonce: string, formsTo?: string): Readonly<Record<string, string>>
}

/** Browsers refuse to speak plain http to this host for so long after a visit. */
const HSTS_SECONDS = days(2 * 365) / 1000

export function createSecurityHeaders({
  origin,
  development = false,
}: {
  origin: string
  development?: boolean
}): SecurityHeaders {
  const everywhere = {
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    // Not no-referrer: with that, browsers send `Origin: null` with our own forms.
    'Referrer-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  }
  const common = {
    ...everywhere,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
    'Reporting-Endpoints': `csp="${origin}/csp-reports"`,
    ...(origin.startsWith('https:') && {
      'Strict-Transport-Security': `max-age=${HSTS_SECONDS}; includeSubDomains`,
    }),
  }
  const closed = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  const plain = Object.freeze({ ...common, 'Content-Security-Policy': closed })
  const pagePolicy = createPagePolicy(origin, development)
  return {
    plain,
    atApplications: Object.freeze({ ...everywhere, 'Content-Security-Policy': closed }),
    page: (nonce, formsTo) => ({ 'Content-Security-Policy': pagePolicy(nonce, formsTo) }),
  }
}

/** A nonce for one answer. */
export const createNonce = (): string => randomBytes(16).toString('base64')

function createPagePolicy(origin: string, development: boolean) {
  const sockets = origin.replace(/^http/, 'ws')
  // Vite puts styles into the page while developing.
  const styles = development ? "style-src 'self' 'unsafe-inline'" : "style-src 'self'"
  return (nonce: string, formsTo?: string) =>
    [
      "default-src 'none'",
      `script-src 'nonce-${nonce}' 'strict-dynamic'`,
      styles,
      "img-src 'self'",
      "font-src 'self'",
      `connect-src 'self' ${sockets}`,
      "manifest-src 'self'",
      `form-action 'self'${formsTo ? ` ${formsTo}` : ''}`,
      "base-uri 'none'",
      "object-src 'none'",
      "frame-ancestors 'none'",
      'report-to csp',
      'report-uri /csp-reports',
    ].join('; ')
}
