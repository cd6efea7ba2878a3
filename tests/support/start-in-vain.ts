import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'vitest'
import { STARTER } from './server'

/** Starts the built server, which is to refuse: what it says, and how it ends. */
export async function startInVain(folder: string, settings: Record<string, string>) {
  const child = spawn(process.execPath, ['-e', STARTER], {
    cwd: folder,
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...settings },
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (errors += chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output, errors }
}

/** A start that ended with this one sentence, which is a whole line. */
export const refusal = (sentence: RegExp) => ({
  code: 1,
  output: '',
  errors: expect.toSatisfy(
    (errors: string) => sentence.test(errors) && errors.trim().split('\n').length === 1,
    String(sentence),
  ) as string,
})
