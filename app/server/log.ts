import pino, { type Logger } from 'pino'

/**
 * Structured logs, a JSON object a line, on standard error: standard output is for the person who
 * starts the server. Nothing is logged that could be used to sign in.
 */
export function createLog(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2))
}
