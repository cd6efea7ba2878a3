import type { ServerResponse } from 'node:http'

/** An answer that was made once and is sent often. */
export type PreparedAnswer = {
  status: number
  /** Name, value, name, value, as writeHead takes them. */
  headers: string[]
  /** Text: Node sends it in one piece with the head, a buffer in a piece of its own. */
  body?: string
}

/** @param json what the answer says */
export function prepareJson(
  status: number,
  headers: Readonly<Record<string, string>>,
  json: unknown,
): PreparedAnswer {
  return prepare(status, headers, 'application/json; charset=utf-8', JSON.stringify(json))
}

/** @param line of text */
export function prepareText(
  status: number,
  headers: Readonly<Record<string, string>>,
  line: string,
): PreparedAnswer {
  return prepare(status, headers, 'text/plain; charset=utf-8', `${line}\n`)
}

/** @param script for browsers */
export function prepareScript(
  headers: Readonly<Record<string, string>>,
  script: string,
): PreparedAnswer {
  return prepare(200, headers, 'text/javascript; charset=utf-8', script)
}

/** An answer whose status and headers say it all. */
export function prepareEmpty(
  status: number,
  headers: Readonly<Record<string, string>>,
): PreparedAnswer {
  const all = status === 204 ? headers : { ...headers, 'Content-Length': '0' }
  return { status, headers: Object.entries(all).flat() }
}

export function sendPrepared(response: ServerResponse, { status, headers, body }: PreparedAnswer) {
  response.writeHead(status, headers).end(body)
}

function prepare(
  status: number,
  headers: Readonly<Record<string, string>>,
  type: string,
  text: string,
): PreparedAnswer {
  const length = String(Buffer.byteLength(text))
  const all = { ...headers, 'Content-Type': type, 'Content-Length': length }
  return { status, headers: Object.entries(all).flat(), body: text }
}
