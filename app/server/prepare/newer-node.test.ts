import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, readFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { createProject, finished, OLD_NODE } from '../../../tests/support/stand-in-project'
import { PINNED } from './pinned-nodes.js'

const SYSTEM = `${process.platform}-${process.arch}`

let project: ReturnType<typeof createProject>
beforeEach(() => {
  project = createProject()
  publish()
})

/** Packs a "newer Node", which is the one of this test, and pins it by its hash. */
function publish() {
  const script = `#!/bin/sh\necho newer node >> calls.log\nNEWER_NODE=1 exec "${process.execPath}" "$@"\n`
  project.write('package/bin/node', script)
  chmodSync(project.at('package/bin/node'), 0o755)
  execFileSync('tar', ['-czf', 'newer-node.tgz', 'package'], { cwd: project.at('.') })
  const hash = createHash('sha512').update(readFileSync(project.at('newer-node.tgz')))
  pin({
    [SYSTEM]: { package: 'n', version: '24.0.0', integrity: `sha512-${hash.digest('base64')}` },
  })
}

function pin(pinned: typeof PINNED) {
  project.write(
    'app/server/prepare/pinned-nodes.js',
    `export const PINNED = ${JSON.stringify(pinned)}`,
  )
}

const runOld = (...args: string[]) => finished(project.launchOld(...args))

describe('a Node that is too old', () => {
  it('fetches a newer one, says so in one line, and goes on with it; the second time it only goes on', async () => {
    const first = await runOld('cli', 'users', 'list')
    expect(first).toMatchObject({ code: 3, printed: 'ran users list\n' })
    const said = first.output.split('\n').filter((line) => /\bNode\b/.test(line))
    expect(said).toEqual([expect.stringMatching(/^Latchkey needs Node 22\.14 or newer.*24\.0\.0/)])
    expect(project.calls()).toEqual(['npm pack', 'newer node', 'npm ci', 'prisma', 'remix', 'vite'])

    expect(await runOld('cli', 'x')).toMatchObject({ code: 3, output: 'ran x\n' })
    expect(project.calls()).toEqual(['newer node'])
  })

  it('refuses a newer one that has another hash than the pinned one, and keeps nothing of it', async () => {
    project.write('newer-node.tgz', 'something else')
    const { code, output } = await runOld('start')
    expect(code).toBe(1)
    expect(output).toMatch(/has another hash than the one in pinned-nodes\.js/)
    expect(output).not.toContain('    at ')
    expect(project.calls()).toEqual(['npm pack'])
    expect(project.list('.node')).toEqual([])
  })

  it('says what to install where there is no newer one for the system', async () => {
    pin({})
    const { code, output } = await runOld('start')
    expect(code).toBe(1)
    expect(output).toMatch(/^Latchkey needs Node 22\.14 or newer.*install Node 24\.\n$/)
    expect(project.calls()).toEqual([])
  })

  it('says so when npm cannot fetch one, and fetches it the next time', async () => {
    project.write('npm-fails')
    expect(await runOld('start')).toMatchObject({
      code: 1,
      output: expect.stringContaining('npm says why') as string,
    })
    project.remove('npm-fails')
    expect(await runOld('start')).toMatchObject({ code: 0 })
  })

  it('never uses one whose fetching was interrupted', async () => {
    project.write('npm-hangs')
    const child = project.launchOld('start')
    const ended = finished(child)
    await project.called('npm pack')
    child.kill('SIGTERM')
    await ended
    project.remove('npm-hangs')
    project.calls()
    expect(await runOld('start')).toMatchObject({ code: 0 })
    expect(project.calls().slice(0, 2)).toEqual(['npm pack', 'newer node'])
    expect(project.list('.node')).toHaveLength(1)
  })

  it('lets the newer one close gracefully when npm is told to end', async () => {
    await runOld('start')
    project.calls()
    project.write('server-stays')
    const npm = project.npmStart({ NODE_OPTIONS: `--import=${OLD_NODE}` })
    const ended = finished(npm)
    await project.called('server started')
    npm.kill('SIGTERM')
    expect((await ended).code).toBe(0)
    expect(project.calls()).toEqual(['newer node', 'server started', 'server got SIGTERM'])
  })

  it('fetches once when two start at the same time', async () => {
    const both = await Promise.all([runOld('start'), runOld('start')])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    expect(project.calls().filter((name) => name === 'npm pack')).toHaveLength(1)
  })
})

describe('every pinned Node', () => {
  it.each(Object.entries(PINNED))('for %s is 22.14 or newer and has a SHA-512', (_, pinned) => {
    expect(pinned?.version).toMatch(/^(?:22\.(?:1[4-9]|[2-9]\d)|24)\.\d+/)
    expect(Buffer.from(pinned?.integrity.replace(/^sha512-/, '') ?? '', 'base64')).toHaveLength(64)
  })
})
