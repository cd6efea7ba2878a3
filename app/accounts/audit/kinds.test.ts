import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { AUDIT_KINDS } from './kinds'

const code = readdirSync('app', { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.ts$/.test(file) && !/\.test\.ts$|audit.kinds\.ts$|generated/.test(file))
  .map((file) => readFileSync(`app/${file}`, 'utf8'))
  .join('\n')

test.each(Object.keys(AUDIT_KINDS))('%s is written down somewhere, and not only named', (kind) => {
  expect(code).toContain(`'${kind}'`)
})
