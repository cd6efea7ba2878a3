import type { AppLoadContext } from '@remix-run/node'
import { z } from 'zod'
import { FORM_TOKEN_FIELD, isFormToken } from './form-token'

const FORM_TYPE = 'application/x-www-form-urlencoded'

/** What a form without sign-in sent. 415 for anything that is not a form, 400 for one that is not UTF-8. */
export async function readForm(request: Request): Promise<URLSearchParams> {
  const type = request.headers.get('Content-Type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== FORM_TYPE) {
    throw new Response('Send this as a form.', { status: 415 })
  }
  const body = await request.text()
  if (!isUtf8(body)) throw new Response('This form is not text in UTF-8.', { status: 400 })
  return new URLSearchParams(body)
}

/**
 * URLSearchParams would put U+FFFD wherever it cannot decode, so that two passwords which differ
 * there would be one.
 */
function isUtf8(form: string): boolean {
  try {
    decodeURIComponent(form)
    return !form.includes('\uFFFD')
  } catch {
    return false
  }
}

/** What a form of a signed-in person sent. 403 unless it carries the token of their session. */
export async function readSignedForm(
  request: Request,
  context: AppLoadContext,
): Promise<URLSearchParams> {
  const form = await readForm(request)
  const secret = context.sessionCookie.read(request.headers.get('Cookie'))
  const viewer = await context.services.sessions.verify(secret)
  const tokens = form.getAll(FORM_TOKEN_FIELD)
  if (!viewer || tokens.length !== 1 || !isFormToken(viewer.session.formKey, tokens[0]!)) {
    context.log.warn('form token refused')
    throw new Response('This form is out of date. Go back, reload the page and try again.', {
      status: 403,
    })
  }
  return form
}

/** The one value of a field that routes choose by. 400 when it is missing, repeated or unknown. */
export function readIntent<const I extends string>(
  form: URLSearchParams,
  intents: readonly I[],
): I {
  const values = form.getAll('intent')
  const intent = intents.find((known) => values.length === 1 && values[0] === known)
  if (intent === undefined) {
    throw new Response('This form asks for something that this page cannot do.', { status: 400 })
  }
  return intent
}

export type FieldErrors = Record<string, string>

export type RefusedForm = {
  ok: false
  errors: FieldErrors
  /** What to show again: everything but passwords. */
  typed: Record<string, string>
}

export type ParsedForm<T> = { ok: true; fields: T } | RefusedForm

/**
 * A form's fields by their schema. Reads only the fields that the schema names, each as one text
 * unless the schema wants a list, so neither a repeated nor an additional field can slip through.
 */
export function parseForm<S extends z.ZodObject>(
  form: URLSearchParams,
  schema: S,
): ParsedForm<z.output<S>> {
  const input: Record<string, unknown> = {}
  const repeated: FieldErrors = {}
  for (const [name, field] of Object.entries(schema.shape)) {
    const values = form.getAll(name)
    if (field instanceof z.ZodArray) input[name] = values
    else if (values.length > 1) repeated[name] = 'This was sent more than once'
    else if (values.length === 1) input[name] = values[0]
  }
  const parsed = schema.safeParse(input)
  if (parsed.success && Object.keys(repeated).length === 0) return { ok: true, fields: parsed.data }
  return { ok: false, errors: { ...errorsOf(parsed.error), ...repeated }, typed: typedOf(input) }
}

/** The same answer for what only the accounts can know is wrong: an address that is taken, say. */
export function refuseFields(
  form: URLSearchParams,
  schema: z.ZodObject,
  errors: FieldErrors,
): RefusedForm {
  const names = Object.keys(schema.shape)
  return {
    ok: false,
    errors,
    typed: typedOf(Object.fromEntries(names.map((name) => [name, form.get(name)]))),
  }
}

/** The first message for each field. */
function errorsOf(error: z.ZodError | undefined): FieldErrors {
  const errors: FieldErrors = {}
  for (const { path, message } of error?.issues ?? []) {
    errors[String(path[0] ?? 'form')] ??= message
  }
  return errors
}

function typedOf(input: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(input).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === 'string' && !/password/i.test(entry[0]),
    ),
  )
}
