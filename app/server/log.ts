import { Console } from 'node:console'
import { Writable } from 'node:stream'
import pino, { type DestinationStream, type Logger } from 'pino'

/**
 * Structured logs, a JSON object a line, on standard error: standard output is for the person who
 * starts the server. Nothing is logged that could be used to sign in. Nobody waits for whoever reads
 * it; what is not written yet is written at the exit.
 */
export function createLog(
  level: string,
  destination: DestinationStream = pino.destination({ fd: 2, sync: false }),
): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: describe } },
    destination,
  )
}

/**
 * Libraries print, and so does Node when it warns. From now on that becomes lines of the log as well:
 * whoever reads those as JSON would stumble over anything else.
 */
export function redirectConsoleToLog(log: Logger) {
  globalThis.console = new Console(
    toStream((text) => log.info(text)),
    toStream((text) => log.warn(text)),
  )
  // To listen is not enough to keep Node from printing them.
  process.removeAllListeners('warning')
  process.on('warning', (warning) => log.warn({ err: warning }, 'a warning of Node or a library'))
}

function toStream(write: (text: string) => void): Writable {
  return new Writable({
    write(chunk: Buffer, _, done) {
      write(chunk.toString().trimEnd())
      done()
    },
  })
}

function describe(error: Error) {
  const { message, stack, ...others } = pino.stdSerializers.err(error)
  return { ...others, message: withoutValues(message), stack: withoutValues(stack) }
}

/**
 * Prisma repeats in a message what the query was given, a password's hash among it: a block of
 * lines, in braces that begin a line.
 */
const withoutValues = (text: string): string => text.replace(/^\{\n[^]*?^\}$/gm, '{…}')
