import { createVisitor, type VisitorOptions } from './visitor'

/** An answer: the path it came from, and its status, headers and body, without its cookies. */
export type Answer = { path: string; text: string }

/** Everything that visitors were told, to be searched for what nobody may be told. */
export function createTold(origin: string) {
  const answers: Promise<Answer>[] = []
  const cookies = new Map<string, Set<string>>()

  function onAnswer(answer: Response) {
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      const purpose = name.replace(/-\d+$/, '')
      const known = cookies.get(purpose) ?? new Set()
      // Some hold several.
      for (const one of value.split('~').filter(Boolean)) known.add(one)
      cookies.set(purpose, known)
    }
    const path = new URL(answer.url).pathname
    const headers = [...answer.headers].filter(([name]) => name !== 'set-cookie')
    const head = `${answer.status} ${JSON.stringify(headers)}`
    answers.push(answer.text().then((body) => ({ path, text: `${head}\n${body}` })))
  }

  return {
    visitor: (options: VisitorOptions = {}) => createVisitor(origin, { ...options, onAnswer }),
    answers: () => Promise.all(answers),
    /** What was in the cookies of this purpose, without the id that some of them begin with. */
    cookiesOf: (purpose: string) =>
      [...(cookies.get(purpose) ?? [])].map((value) => value.slice(value.indexOf('.') + 1)),
  }
}

/** The spellings in which bytes come to light. */
export function spellingsOf(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes)
  const texts = (['hex', 'base64', 'base64url'] as const).map((way) => buffer.toString(way))
  return [...texts.map((text) => text.replace(/=+$/, '')), [...buffer.subarray(0, 8)].join(',')]
}
