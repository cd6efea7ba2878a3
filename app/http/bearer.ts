/** The token in an Authorization header; undefined when there is none (RFC 6750, 2.1). */
export function readBearer(header: string | null | undefined): string | undefined {
  return header ? /^Bearer +([^ ]+) *$/i.exec(header)?.[1] : undefined
}
