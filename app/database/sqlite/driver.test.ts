import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { OLD_NODE } from '../../../tests/support/stand-in-project'

it.each([
  ['a script that opens the database', ['-e', `import('./app/database/sqlite/driver.js')`]],
  ['vitest alone', ['node_modules/vitest/vitest.mjs', 'run', 'app/database']],
  ['Playwright alone', ['node_modules/@playwright/test/cli.js', 'test', '--list']],
])('in an old Node, %s says what to install and does not crash', (_, command) => {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', OLD_NODE, ...command],
    { encoding: 'utf8' },
  )
  expect({ status, signal }).toEqual({ status: 1, signal: null })
  expect(stdout + stderr).toContain('Latchkey needs Node 22.14 or newer, and this is Node')
})
