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

function describe(error: Error) {
  const { message, stack, ...others } = pino.stdSerializers.err(error)
  return { ...others, message: withoutValues(message), stack: withoutValues(stack) }
}

/**
 * Prisma repeats in a message what the query was given, a password's hash among it: a block of
 * lines, in braces that begin a line.
 */
const withoutValues = (text: string): string => text.replace(/^\{\n[^]*?^\}$/gm, '{…}')
