import {
  data,
  type AppLoadContext,
  type LoaderFunctionArgs,
  type ServerBuild,
} from '@remix-run/node'
import {
  isDatabaseBusy,
  isDatabaseFull,
  isDatabaseUnreachable,
  isOutcomeUnknown,
} from '~/database/errors'
import { allTypedIn, isFormRefused, type FormRefused } from './forms'
import { askForProof, lacksProof, withProofAsked } from './step-up'
import { unknownOutcome } from './unknown-outcome'

/** When it is worth trying again. */
const RETRY_AFTER_SECONDS = '5'

/**
 * Remix answers 500 to whatever a loader or action throws. What is expected to happen now and then,
 * a database that is busy or a disk that is full, say, is to be a 503 with a sentence, in every
 * route, and a form that is refused, or lacks a proof of who sends it, is to come back with what was
 * typed. So these are translated around all routes at once.
 *
 * Without JavaScript, the loaders of a page run right after its action, in the same request. When
 * one fails then, for whatever reason, the answer is what the action did: people who read that it
 * failed would do it again.
 */
export function withExpectedFailures(build: ServerBuild): ServerBuild {
  const routes = Object.entries(build.routes).map(([id, route]) => {
    if (!route) return [id, route]
    const { loader, action } = route.module
    const page = { id, ...route.module }
    const module = {
      ...route.module,
      ...(loader && { loader: (args: LoaderFunctionArgs) => load(loader, args, page) }),
      ...(action && { action: (args: LoaderFunctionArgs) => act(action, args, page) }),
    }
    return [id, { ...route, module }]
  })
  return { ...build, routes: Object.fromEntries(routes) as ServerBuild['routes'] }
}

type Run = (args: LoaderFunctionArgs) => unknown

/** What was done by the action of a request, which has one context, for the loaders after it. */
const doneIn = new WeakMap<AppLoadContext, string>()
/** The requests whose action did nothing, for now. */
const undoneIn = new WeakSet<AppLoadContext>()
const NOT_DONE = 'This cannot be done at the moment. Nothing was changed.'
const NOT_SHOWN = 'This page cannot be shown at the moment.'

async function act(action: Run, args: LoaderFunctionArgs, page: Page): Promise<unknown> {
  if (args.context.isBodyTooLong) return refusedForm(TOO_LONG, page)
  // A body can be read only once.
  const sent = args.request.clone()
  try {
    const result = await withProofAsked(await action(args), args.context)
    const done = whatWasDone(result)
    if (done !== null) doneIn.set(args.context, done)
    return result
  } catch (error) {
    if (isFormRefused(error)) return refusedForm(error, page)
    if (lacksProof(error) && page.default) {
      const form = new URLSearchParams(await sent.text())
      return askForProof(error, form, args.context, (body) =>
        action({ ...args, request: withBody(sent, body) }),
      )
    }
    if (isOutcomeUnknown(error)) {
      args.context.log.error({ err: error }, 'it is not known whether a form was done')
      throw hasWords(page)
        ? unknownOutcome(page.id, await sent.text())
        : new Response('It is not known whether this was done. Ask again.', { status: 503 })
    }
    const why = unavailableFor(error, args, NOT_DONE)
    if (!why) throw error
    if (!page.default) throw asThrown(why, page)
    undoneIn.add(args.context)
    const typed = allTypedIn(new URLSearchParams(await sent.text()))
    return refusedForm({ status: 503, message: why.message, typed }, page)
  }
}

/** The same request with another form. */
function withBody({ url, method, signal, headers: sent }: Request, body: URLSearchParams): Request {
  const headers = new Headers(sent)
  headers.delete('Content-Length')
  return new Request(url, { method, signal, headers, body })
}

type Page = { id: string; default?: unknown; ErrorBoundary?: unknown }

/** Whether what is thrown is shown to a person, by an error page. */
const hasWords = (page: Page) => Boolean(page.default || page.ErrorBoundary)

type Refused = Pick<FormRefused, 'message' | 'typed'> & { status: number }

const TOO_LONG: Refused = {
  status: 413,
  message: 'This is more than a form of ours can hold. Nothing was done.',
  typed: {},
}

/**
 * Answers a refused form with the route's page, whose loaders run as on any visit. A route that only
 * acts has none: then its error boundary says the sentence, or the bare answer where it has no boundary.
 */
function refusedForm({ status, message: problem, typed }: Refused, page: Page) {
  if (page.default) return data({ problem, typed }, { status })
  throw new Response(page.ErrorBoundary ? problem : `Go back and load the page. ${problem}`, {
    status,
  })
}

async function load(loader: Run, args: LoaderFunctionArgs, page: Page): Promise<unknown> {
  try {
    return await loader(args)
  } catch (error) {
    const done = doneIn.get(args.context)
    const isRedirect = error instanceof Response && error.status < 400
    if (done === undefined || isRedirect) {
      const sentence = undoneIn.has(args.context) ? NOT_DONE : NOT_SHOWN
      const why = unavailableFor(error, args, sentence)
      throw why ? asThrown(why, page) : error
    }
    if (!(error instanceof Response)) {
      args.context.log.error({ err: error }, 'what was sent was done, but its page failed')
    }
    throw new Response(`${done}. The page itself cannot be shown at the moment.`)
  }
}

/** What an action says that it did; null when it refused, or asked first. */
function whatWasDone(result: unknown): string | null {
  if (!isRecord(result) || result instanceof Response) return null
  const { data = result, init } = result as { data?: unknown; init?: ResponseInit | null }
  if (!isRecord(data) || 'question' in data || (init?.status ?? 200) >= 400) return null
  const title = isRecord(data.message) ? data.message.title : undefined
  return typeof title === 'string' ? title.replace(/\.$/, '') : 'What you asked for was done'
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/**
 * Why something cannot be done for now, in words; null for an error that nobody expects.
 *
 * @param sentence that says what was not done
 */
function unavailableFor(
  error: unknown,
  { context }: LoaderFunctionArgs,
  sentence: string,
): Unavailable | null {
  const why = WHY.find(([is]) => is(error))
  if (!why) return null
  const [, title, advice] = why
  context.log.warn({ err: error }, 'refused for now')
  context.setHeader('Retry-After', RETRY_AFTER_SECONDS)
  return { title, message: `${sentence} ${advice}` }
}

/** For the error page that a person is shown, or in one sentence. */
const asThrown = (unavailable: Unavailable, page: Page): Response =>
  hasWords(page)
    ? Response.json({ unavailable }, { status: 503 })
    : new Response(unavailable.message, { status: 503 })

/** What the error page says of a 503. */
export type Unavailable = { title: string; message: string }

/** By its name, since the rules of accounts are no import of the web's edge. */
const isPasswordsBusy = (error: unknown) => error instanceof Error && error.name === 'PasswordsBusy'
const isBusy = (error: unknown) => isDatabaseBusy(error) || isPasswordsBusy(error)

const WHY: [is: (error: unknown) => boolean, title: string, advice: string][] = [
  [isBusy, 'Busy for the moment', 'Too much was asked of it at once. Try again in a few seconds.'],
  [
    isDatabaseUnreachable,
    'The database does not answer',
    'It cannot reach its database. Try again in a few seconds. If that goes on, tell whoever runs it.',
  ],
  [
    isDatabaseFull,
    'Nothing can be saved at the moment',
    'Its database takes nothing new, most likely for want of space. Tell whoever runs it, and try again later.',
  ],
]
