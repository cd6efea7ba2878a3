import { utimesSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { createProject, finished } from '../../tests/support/stand-in-project'

const EVERYTHING = ['npm ci', 'prisma', 'remix', 'vite']

let project: ReturnType<typeof createProject>
beforeEach(() => {
  project = createProject()
})

const start = () => finished(project.launch('start'))

async function startedBefore() {
  await start()
  project.calls()
}

async function killed(child: ReturnType<typeof project.launch>) {
  const ended = finished(child)
  child.kill('SIGKILL')
  await ended
}

/** As if the last holder of the lock had died long ago. */
function letTheLockGrowOld() {
  for (const holder of project.list('build.locked')) {
    utimesSync(project.at(path.join('build.locked', holder)), 0, 0)
  }
}

describe('npm start', () => {
  it('installs, generates and builds before it starts, and does nothing of it the second time', async () => {
    expect(await start()).toMatchObject({ code: 0, printed: 'started in production\n' })
    expect(project.calls()).toEqual(EVERYTHING)
    expect(await start()).toMatchObject({ code: 0, output: 'started in production\n' })
    expect(project.calls()).toEqual([])
  })

  it('ends with a sentence and the tool’s words when the install fails, and starts over the next time', async () => {
    project.write('npm-fails')
    const { code, output } = await start()
    expect(code).toBe(1)
    expect(output).toContain('npm says why')
    expect(output).toContain('Failed: Installing packages')
    expect(output).not.toContain('    at ')

    project.remove('npm-fails')
    expect(await start()).toMatchObject({ code: 0 })
    expect(project.calls()).toEqual(['npm ci', ...EVERYTHING])
  })

  it('starts over after an install that was killed', async () => {
    project.write('npm-hangs')
    const child = project.launch('start')
    await project.called('npm ci')
    await killed(child)
    project.remove('npm-hangs')
    project.calls()
    letTheLockGrowOld()
    expect(await start()).toMatchObject({ code: 0 })
    expect(project.calls()).toEqual(EVERYTHING)
  })

  it('leaves nothing running and nothing locked when it is stopped while it installs', async () => {
    project.write('npm-hangs')
    const child = project.launch('start')
    const ended = finished(child)
    await project.called('npm ci')
    child.kill('SIGTERM')
    expect((await ended).code).not.toBe(0)
    project.remove('npm-hangs')
    project.calls()
    expect((await start()).output).not.toContain('Waiting')
    expect(project.calls()).toEqual(EVERYTHING)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('hands the server %s that npm gets', async (signal) => {
    await startedBefore()
    project.write('server-stays')
    const npm = project.npmStart()
    const ended = finished(npm)
    await project.called('server started')
    npm.kill(signal)
    expect((await ended).code).toBe(0)
    expect(project.calls()).toEqual(['server started', `server got ${signal}`])
  })

  it('keeps the former build when one fails, says why, and builds the next time', async () => {
    await startedBefore()
    const former = project.read('build/node/main.js')
    project.write('app/root.tsx', 'export const changed = true')
    project.write('remix-fails')
    const { code, output } = await start()
    expect(code).toBe(1)
    expect(output).toContain('remix says why')
    expect(project.read('build/node/main.js')).toBe(former)

    project.remove('remix-fails')
    expect(await start()).toMatchObject({ code: 0 })
    expect(project.calls()).toEqual(['remix', 'remix', 'vite'])
  })

  it('keeps the former build when one is killed, builds the next time, and clears up', async () => {
    await startedBefore()
    project.write('app/root.tsx', 'export const changed = true')
    project.write('vite-hangs')
    const child = project.launch('start')
    await project.called('vite')
    await killed(child)
    expect(project.has('build/node/main.js')).toBe(true)

    project.remove('vite-hangs')
    letTheLockGrowOld()
    expect(await start()).toMatchObject({ code: 0 })
    expect(project.calls()).toEqual(['remix', 'vite', 'remix', 'vite'])
    expect(project.list('.').filter((name) => name.startsWith('build'))).toEqual(['build'])
  })

  it('does everything once when three start at the same time', async () => {
    const all = await Promise.all([start(), start(), start()])
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(project.calls()).toEqual(EVERYTHING)
  })

  it('builds, and installs nothing, when the sources changed', async () => {
    await startedBefore()
    project.write('app/root.tsx', 'export const changed = true')
    await start()
    expect(project.calls()).toEqual(['remix', 'vite'])
  })

  it('does not build because a test changed', async () => {
    await startedBefore()
    project.write('app/root.test.tsx', 'export {}')
    await start()
    expect(project.calls()).toEqual([])
  })

  it('installs and builds anew when the lock of the packages changed', async () => {
    await startedBefore()
    project.write('package-lock.json', '{ "packages": {} }')
    await start()
    expect(project.calls()).toEqual(EVERYTHING)
  })

  it('refuses a Node that is too old to fetch a newer one, in a sentence', async () => {
    project.write(
      'older-node.cjs',
      `Object.defineProperty(process, 'versions', { value: { node: '18.20.8', napi: '9' } })`,
    )
    const child = project.run('-r', project.at('older-node.cjs'), 'app/server/prepare.js', 'start')
    expect(await finished(child)).toMatchObject({
      code: 1,
      output: 'Latchkey needs Node 20.19 or newer, and this is Node 18.20.8.\n',
    })
  })
})

describe('npm run latchkey', () => {
  it('prints only what the command prints, and ends with its code', async () => {
    const first = await finished(project.launch('cli', 'users', 'list'))
    expect(first).toMatchObject({ code: 3, printed: 'ran users list\n' })
  })
})
