import { ESLint } from 'eslint'
import tseslint from 'typescript-eslint'
import { describe, expect, it } from 'vitest'

// Snippets are not files, so the rules that need types cannot look at them.
const linter = new ESLint({
  overrideConfig: {
    languageOptions: { parserOptions: { projectService: false, project: null } },
    rules: tseslint.configs.disableTypeChecked.rules ?? {},
  },
})

async function complaints(filePath: string, code: string) {
  const [result] = await linter.lintText(code, { filePath })
  return (result?.messages ?? []).map((message) => message.ruleId ?? message.message)
}

const border = '@typescript-eslint/no-restricted-imports'
const laterImport = 'no-restricted-syntax'

describe('the linter refuses', () => {
  it.each([
    ['a route that opens the database', 'app/routes/x.tsx', `import '~/database/database'`, border],
    [
      'a route that reaches for a service',
      'app/routes/x.tsx',
      `import '~/server/services'`,
      border,
    ],
    [
      'a route that reaches for a service by a relative path',
      'app/routes/x.tsx',
      `import '../server/services'`,
      border,
    ],
    [
      'a route that reaches for a service by import()',
      'app/routes/x.tsx',
      `await import('~/server/services')`,
      laterImport,
    ],
    ['a route that runs the rules', 'app/routes/x.tsx', `import '~/accounts/sessions/end'`, border],
    ['a route that uses the socket hub', 'app/routes/x.tsx', `import '~/live/socket-hub'`, border],
    ['Node in a route', 'app/routes/x.tsx', `import 'node:fs'`, border],
    ['Node by its old names', 'app/root.tsx', `import 'crypto'`, border],
    ['a server package in a route', 'app/routes/x.tsx', `import 'bcryptjs'`, border],
    [
      'a component that knows accounts',
      'app/ui/x.tsx',
      `import type { V } from '~/accounts/viewer'`,
      border,
    ],
    ['a component that knows the web edge', 'app/ui/x.tsx', `import '../web/guards'`, border],
    [
      'Node in the browser part of live',
      'app/live/use-live-session.ts',
      `import 'node:http'`,
      border,
    ],
    ['a guard that runs the rules', 'app/web/x.ts', `import '~/accounts/sessions/verify'`, border],
    ['a guard that opens the database', 'app/web/x.ts', `import '~/database/database'`, border],
    [
      'rules that open the database',
      'app/accounts/users/x.ts',
      `import '~/database/database'`,
      border,
    ],
    [
      'rules that open the database by a relative path',
      'app/accounts/users/x.ts',
      `import '../../database/database'`,
      border,
    ],
    ['rules that know Remix', 'app/accounts/x.ts', `import '@remix-run/node'`, border],
    ['rules that know React', 'app/accounts/x.ts', `import 'react'`, border],
    [
      'a database that knows rules',
      'app/database/x.ts',
      `import '~/accounts/sessions/end'`,
      border,
    ],
    ['a driver that is not checked first', 'app/database/x.ts', `import 'better-sqlite3'`, border],
    [
      'a driver that is not checked first, in a test',
      'tests/x.ts',
      `import '@prisma/adapter-better-sqlite3'`,
      border,
    ],
    ['sockets that run the rules', 'app/live/x.ts', `import '~/accounts/sessions/verify'`, border],
    ['a server that imports a route', 'app/server/x.ts', `import '~/routes/login'`, border],
    [
      'a command line that opens its own database',
      'app/cli/x.ts',
      `import '~/database/database'`,
      border,
    ],
    [
      'the environment outside env.ts',
      'app/server/x.ts',
      `process.env.PORT`,
      'no-restricted-properties',
    ],
    ['the environment by import', 'app/server/x.ts', `import { env } from 'node:process'`, border],
    ['a file of more than 250 lines', 'app/web/x.ts', `export {}\n`.repeat(251), 'max-lines'],
    [
      'a type imported as a value',
      'app/web/x.ts',
      `import { A } from './a'\nexport type B = A`,
      '@typescript-eslint/consistent-type-imports',
    ],
  ])('%s', async (_, filePath, code, rule) => {
    expect(await complaints(filePath, code)).toContain(rule)
  })

  it('an eslint-disable that disables nothing', async () => {
    const said = await complaints('app/web/x.ts', '// eslint-disable-next-line no-var\nexport {}\n')
    expect(said.join()).toMatch(/unused eslint-disable/i)
  })
})

describe('the linter lets', () => {
  it.each([
    [
      'a route import its guards, components and schemas',
      'app/routes/x.tsx',
      `import './app/web/guards'\nimport '../ui/button'\nimport '~/accounts/users/schemas'\nimport '~/accounts/sessions/policy'`,
    ],
    [
      'a route import the types of accounts',
      'app/routes/x.tsx',
      `import type { V } from '~/accounts/viewer'\nexport type W = V`,
    ],
    ['a route import the browser part of live', 'app/root.tsx', `import './live/use-live-session'`],
    [
      'a guard import the types of accounts',
      'app/web/x.ts',
      `import { type V } from '~/accounts/viewer'\nexport type W = V`,
    ],
    [
      'rules import their own folder, the types of the database and its errors',
      'app/accounts/users/x.ts',
      `import '../secret-token'\nimport type { D } from '~/database/database'\nimport '~/database/errors'\nexport type E = D`,
    ],
    [
      'the server import everything else',
      'app/server/x.ts',
      `import '~/accounts/sessions/end'\nimport '~/database/database'\nimport '~/live/socket-hub'\nimport './app/web/guards'`,
    ],
    [
      'the command line import the services',
      'app/cli/x.ts',
      `import '~/server/services'\nimport '~/server/env'`,
    ],
    ['env.ts read the environment', 'app/server/env.ts', `export const port = process.env.PORT`],
    ['a test import what it likes', 'app/accounts/x.test.ts', `import '~/database/database'`],
  ])('%s', async (_, filePath, code) => {
    expect(await complaints(filePath, code)).toEqual([])
  })
})
