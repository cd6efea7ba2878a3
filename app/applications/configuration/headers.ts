/** Who somebody is, as applications are told. */
export const IDENTITY = ['Remote-User', 'Remote-Name', 'Remote-Email', 'Remote-Groups'] as const

export const ASSERTION = 'X-Latchkey-Assertion'

/**
 * What a visitor may not say to an application, beside who they are: where the request went, and names
 * under which other products tell who somebody is. For nginx and Traefik, which remove only what is
 * spelled out; Caddy removes whole families.
 */
export const NEVER_FROM_VISITORS = [
  'X-Latchkey-Location',
  'Forwarded',
  'X-Forwarded-User',
  'X-Forwarded-Email',
  'X-Forwarded-Groups',
  'X-Original-URL',
  'X-Original-Method',
  'X-Rewrite-URL',
  'X-WebAuth-User',
  'X-WebAuth-Name',
  'X-WebAuth-FullName',
  'X-WebAuth-Email',
  'X-WebAuth-Groups',
] as const

/** Traefik and Caddy set or remove these themselves; nginx passes them on as a visitor wrote them. */
export const NEVER_FROM_VISITORS_OF_NGINX = [
  ...NEVER_FROM_VISITORS,
  'X-Real-IP',
  'X-Forwarded-Port',
  'X-Forwarded-Prefix',
  'X-Forwarded-Server',
  'X-Forwarded-Uri',
  'X-Forwarded-Method',
] as const
