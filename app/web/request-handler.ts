import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { AnswerBeforeRemix } from './answers-before-remix'
import { isApiPath, readAuthorization } from './authorization'
import { isOwnRequest } from './cross-site'
import { isHostOf, namesOneHost } from './origin'
import { createOtherHostPage } from './other-host-page'
import type { ProxyWarnings } from './proxy-warnings'
import type { SecurityHeaders } from './security-headers'
import { setHeaders, type Pages } from './pages'
import { readBody } from './request-body'
import type { StaticFiles } from './static-files'

/** Methods that pages know, and those of the JSON API. */
const PAGE_METHODS = ['GET', 'HEAD', 'POST']
const API_METHODS = [...PAGE_METHODS, 'DELETE']

/**
 * What happens to every request, in this order: the answers before Remix and our pages at the hosts of
 * applications, which bring their headers; then headers that every answer has, refusal of what is not well formed or comes from another site,
 * static files, pages.
 */
export function createRequestHandler({
  origin,
  siteName,
  securityHeaders,
  answerBeforeRemix,
  applicationHost,
  staticFiles,
  reports,
  pages,
  proxyWarnings,
  log,
}: {
  origin: string
  siteName: string
  securityHeaders: SecurityHeaders
  answerBeforeRemix: AnswerBeforeRemix
  /** Our pages at the hosts of applications. */
  applicationHost: AnswerBeforeRemix
  staticFiles: StaticFiles
  reports: AnswerBeforeRemix
  pages: Pages
  proxyWarnings: ProxyWarnings
  log: Logger
}): RequestListener {
  const answerOtherHost = createOtherHostPage({ origin, siteName, headers: securityHeaders.plain })

  return function handle(request, response) {
    try {
      answer(request, response)
    } catch (error) {
      fail(request, response, error)
    }
  }

  function answer(request: IncomingMessage, response: ServerResponse) {
    const hasHost = namesOneHost(request)
    if (hasHost && isRead(request) && answerBeforeRemix(request, response)) return
    if (hasHost && applicationHost(request, response)) return
    setHeaders(response, securityHeaders.plain)
    if (!hasHost) return refuse(response, 400, 'This request must name one host.')
    if (!isWellFormed(request)) return refuse(response, 400, 'This request cannot be understood.')
    if (reports(request, response)) return
    const isForApi = isApiPath(new URL(origin + request.url).pathname)
    const methods = isForApi ? API_METHODS : PAGE_METHODS
    if (!methods.includes(request.method ?? '')) {
      response.setHeader('Allow', methods.join(', '))
      return refuse(response, 405, 'This cannot be done here.')
    }
    proxyWarnings.lookForUntrustedProxy(request)
    if (!isHostOf(origin, request.headers.host ?? '')) {
      proxyWarnings.warnOfOtherHost(request)
      return answerOtherHost(request, response)
    }
    staticFiles(request, response, () => void answerPage(request, response, isForApi))
  }

  async function answerPage(request: IncomingMessage, response: ServerResponse, isForApi: boolean) {
    const began = performance.now()
    const path = pathOf(request)
    response.once('finish', () => {
      const milliseconds = Math.round(performance.now() - began)
      log.info({ method: request.method, path, status: response.statusCode, milliseconds }, 'page')
    })
    try {
      const { authorization, origin: from } = request.headers
      const credentials = readAuthorization(isForApi ? authorization : undefined)
      if (credentials.kind === 'malformed') return refuseCredentials(response)
      // A token is sent by programs on purpose, never by a browser on its own as cookies are.
      if (credentials.kind === 'none' && !isOwnRequest(request, origin)) {
        log.warn({ path, from }, 'request from another site refused')
        return refuse(
          response,
          403,
          'This request did not come from a page of ours. It was refused.',
        )
      }
      const body = request.method === 'POST' ? await readBody(request) : undefined
      // A person's form that is too long is refused by its page, which they are to get back.
      if (body === null && isForApi)
        return refuse(response, 413, 'This is more than is taken here.')
      await pages(request, response, body, log)
    } catch (error) {
      if (request.destroyed && !request.complete) return
      fail(request, response, error)
    }
  }

  function fail(request: IncomingMessage, response: ServerResponse, error: unknown) {
    log.error({ err: error, path: pathOf(request) }, 'a request failed')
    if (response.headersSent) return response.destroy()
    setHeaders(response, securityHeaders.plain)
    refuse(response, 500, 'Something went wrong on our side. It has been written down.')
  }
}

/**
 * An origin-form target that decodes. Anything else is a mistake or an attempt to make two readers of
 * the request disagree.
 */
function isWellFormed(request: IncomingMessage): boolean {
  const { url = '' } = request
  if (!url.startsWith('/')) return false
  try {
    const path = decodeURIComponent(url.split('?', 1)[0]!)
    return !path.includes('\0') && !path.includes('\\')
  } catch {
    return false
  }
}

function refuse(response: ServerResponse, status: number, sentence: string) {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${sentence}\n`)
}

/** As the API answers a token that opens nothing. */
function refuseCredentials(response: ServerResponse) {
  const headers = {
    'WWW-Authenticate': 'Bearer',
    'Content-Type': 'application/json; charset=utf-8',
  }
  response.writeHead(401, headers).end('{"error":"unauthorized"}')
}

const isRead = ({ method }: IncomingMessage) => method === 'GET' || method === 'HEAD'

/** Never with the query, which may hold a one-time link's secret. */
const pathOf = ({ url = '' }: IncomingMessage) => url.split('?', 1)[0]!
