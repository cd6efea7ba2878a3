import type { AppLoadContext } from '@remix-run/node'
import { z } from 'zod'
import { FORM_TOKEN_FIELD, isFormToken } from './form-token'

const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;\s*charset="?utf-8"?\s*)?$/i
/** The longest form of ours ticks every session of a person, and every API token that those made. */
const MOST_FIELDS = 300

/**
 * What a form without sign-in sent.
 *
 * @throws Response 415 for anything that is not a form as it stands, 400 for one that is not UTF-8, 413
 *   for one of more fields than any form of ours has: what is done for each would add up
 */
export async function readForm(request: Request): Promise<URLSearchParams> {
  const isForm = FORM_TYPE.test(request.headers.get('Content-Type')?.trim() ?? '')
  if (!isForm || request.headers.has('Content-Encoding')) {
    throw new Response('Send this as a form.', { status: 415 })
  }
  const body = await request.text()
  if (!isUtf8(body)) throw new Response('This form is not text in UTF-8.', { status: 400 })
  const form = new URLSearchParams(body)
  if (form.size > MOST_FIELDS) {
    throw new Response('This form has too many fields.', { status: 413 })
  }
  return form
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

/**
 * Thrown by an action that accepts nothing of a form, whatever it says: nothing was done. Every route
 * answers it with its page as it is now, the sentence, and what was typed (see expected-failures.ts).
 */
export class FormRefused extends Error {
  override name = 'FormRefused'
  /** What to show again. */
  readonly typed: Record<string, string>

  constructor(
    readonly status: 403 | 422,
    sentence: string,
    form: URLSearchParams,
  ) {
    super(sentence)
    this.typed = allTypedIn(form)
  }
}

/** Goes by the name: the server and Remix's bundle hold different copies of the class. */
export const isFormRefused = (error: unknown): error is FormRefused =>
  error instanceof Error && error.name === 'FormRefused'

/**
 * What a form of a signed-in person sent. Refused unless it carries the token of their session: another
 * site made it, or the page is one of a session that this browser had before.
 */
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
    throw new FormRefused(403, OUT_OF_DATE, form)
  }
  return form
}

const OUT_OF_DATE =
  'This page was out of date, and nothing was done. Look it over and press the button again.'

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
  /** What to show again: everything but passwords. Several values of one name stand side by side. */
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
  return { ok: false, errors, typed: typedIn(form, Object.keys(schema.shape)) }
}

/** The first message for each field. */
function errorsOf(error: z.ZodError | undefined): FieldErrors {
  const errors: FieldErrors = {}
  for (const { path, message } of error?.issues ?? []) {
    errors[String(path[0] ?? 'form')] ??= message
  }
  return errors
}

/** What can be shown again of these fields. */
export const typedIn = (form: URLSearchParams, names: readonly string[]) =>
  typedOf(Object.fromEntries(names.map((name) => [name, form.getAll(name)])))

/** What can be shown again of a whole form. */
export const allTypedIn = (form: URLSearchParams) => typedIn(form, [...new Set(form.keys())])

function typedOf(input: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(input).flatMap(([name, value]) => {
      const texts = [value].flat().filter((text) => typeof text === 'string')
      return NOT_SHOWN_AGAIN.test(name) || texts.length === 0 ? [] : [[name, texts.join(' ')]]
    }),
  )
}

const NOT_SHOWN_AGAIN = RegExp(`password|^proof|^${FORM_TOKEN_FIELD}$`, 'i')
