import type { IncomingMessage } from 'node:http'

/** The longest form of ours is a fraction of this. */
const MAX_BODY_BYTES = 64 * 1024

/**
 * The whole body, read before anybody acts on it, so that nothing is ever done on half a form. Of one
 * that is too long, the rest is received and dropped: cut off, its client would not see the answer.
 *
 * @returns the bytes, or null when there are more than allowed
 * @throws Error when the client goes away in the middle
 */
export async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return null
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_BODY_BYTES) {
      request.resume()
      return null
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
