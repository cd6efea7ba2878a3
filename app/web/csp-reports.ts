import type { Logger } from 'pino'
import type { AnswerBeforeRemix } from './answers-before-remix'
import { readBody } from './request-body'
import { seconds } from '~/accounts/time'

const REPORTS_PER_WINDOW = 20
const WINDOW = seconds(60)
const MAX_LOGGED_LENGTH = 2000

/**
 * Takes browsers' reports of violations of the content security policy. Anybody can send such
 * reports, so few are written down, none is believed, and all get the same answer.
 */
export function createCspReports({ log }: { log: Logger }): AnswerBeforeRemix {
  let windowBegan = 0
  let written = 0

  function mayWrite(): boolean {
    const now = performance.now()
    if (now - windowBegan > WINDOW) {
      windowBegan = now
      written = 0
    }
    written += 1
    return written <= REPORTS_PER_WINDOW
  }

  return function answer(request, response) {
    if (request.url !== '/csp-reports' || request.method !== 'POST') return false
    readBody(request).then(
      (body) => {
        if (body && mayWrite()) {
          const report = withoutQueries(body.toString()).slice(0, MAX_LOGGED_LENGTH)
          log.warn({ report }, 'csp report')
        }
        response.writeHead(204).end()
      },
      () => response.destroy(),
    )
    return true
  }
}

/** A page's address may hold a one-time link's secret. */
const withoutQueries = (text: string) => text.replace(/\?[^"\s]*/g, '?…')
