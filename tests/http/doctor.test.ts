import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../support/command-line'
import { dump, withoutActivity } from '../support/dump'
import { startOpenServer, type TestServer } from '../support/server'
import { isOnPostgres } from '../support/test-database'
import { createVisitor } from '../support/visitor'

const SHIFT_CLOCK = fileURLToPath(new URL('../support/shift-clock.cjs', import.meta.url))
const MISUSED = 2

let server: TestServer
let dotEnv: string
beforeAll(async () => {
  server = await startOpenServer()
  dotEnv = path.join(server.folder, '.env')
  await createVisitor(server.origin).signUp('ada@example.com')
})
afterAll(() => server.dispose())
afterEach(() => rmSync(dotEnv, { force: true, recursive: true }))

/** What doctor says with these settings beside those of the server. */
async function doctor(settings: Record<string, string> = {}, ...args: string[]) {
  const { databaseUrl, folder, port } = server
  const where = { databaseUrl, folder, port, settings }
  const { code, output, errors } = await runCommand(where, 'doctor', ...args)
  return { code, errors, lines: output.trimEnd().split('\n') }
}

const says = (line: RegExp) =>
  expect.arrayContaining([expect.stringMatching(line) as string]) as string[]

const FINE = { code: 0, errors: '', lines: says(/^Nothing is wrong\.$/) }
const bad = (line: RegExp) => ({ code: 1, errors: '', lines: says(line) })

describe('doctor', () => {
  it('takes no arguments', async () => {
    const { code, errors } = await doctor({}, 'please')
    expect(code).toBe(MISUSED)
    expect(errors).toContain('This command takes no arguments.')
  })

  it('asks at an address that ends in .localhost, whatever the system knows of such names', async () => {
    const { lines } = await doctor({ ORIGIN: `http://accounts.localhost:${server.port}` })
    expect(lines).toEqual(says(/accounts\.localhost|answers at ORIGIN/))
    expect(lines.join('\n')).not.toContain('ENOTFOUND')
  })

  it('finds nothing wrong beside a server that is well, and looks at everything', async () => {
    const { code, lines } = await doctor()
    expect(code).toBe(0)
    expect(lines.filter((line) => /^[-!✗]/.test(line))).toEqual([])
    expect(lines).toEqual(says(/^✓ tables are up to date$/))
    expect(lines).toEqual(says(/^✓ open tabs can be reached \(WebSocket\)$/))
    expect(lines.at(-1)).toBe('Nothing is wrong.')
  })

  it('changes nothing, neither in the database nor beside it', async () => {
    const state = async () => [withoutActivity(await dump(server)), readdirSync(server.folder)]
    const before = await state()
    await doctor()
    expect(await state()).toEqual(before)
  })
})

describe('the check of the settings', () => {
  it('names every setting that is wrong, and goes on with the others', async () => {
    const wrong = { LOG_LEVEL: 'loud', SESSION_IDLE: '14', PASSWORD_COST: '9', TRUST_PROXY: 'yes' }
    const { code, lines } = await doctor(wrong)
    expect(code).toBe(1)
    for (const name of Object.keys(wrong)) {
      expect(lines).toEqual(says(new RegExp(`^✗ settings can be used: ${name} must be`)))
    }
    expect(lines).toEqual(says(/^✓ tables are up to date$/))
    expect(lines).toEqual(
      says(/^- addresses of visitors are known: skipped: the settings about it are wrong$/),
    )
    expect(lines.at(-1)).toBe('4 things to mend, marked ✗. Not looked at: 5 checks.')
    expect(await doctor()).toEqual(FINE)
  })

  it('names settings that are wrong only together', async () => {
    const found = await doctor({ SESSION_KEPT: '1d', SESSION_BRIEF: '2d' })
    expect(found).toEqual(
      bad(/^✗ settings can be used: SESSION_KEPT must be longer than SESSION_BRIEF/),
    )
    expect(await doctor({ SESSION_KEPT: '3d', SESSION_BRIEF: '2d' })).toEqual(FINE)
  })

  it('says that .env cannot be read, and then knows nothing, until it can', async () => {
    mkdirSync(dotEnv)
    const { code, lines } = await doctor()
    expect(code).toBe(1)
    expect(lines).toEqual(says(/^✗ settings can be used: The file \.env cannot be read/))
    expect(lines).toEqual(says(/^- database can be used: skipped: the settings cannot be read$/))
    rmSync(dotEnv, { recursive: true })
    expect(await doctor()).toEqual(FINE)
  })

  it('warns of a name in .env that is no setting, until it is one', async () => {
    writeFileSync(dotEnv, 'TRUSTED_PROXY=0\n')
    const { code, lines } = await doctor()
    expect(code).toBe(0)
    expect(lines).toEqual(
      says(/^! settings can be used: \.env sets TRUSTED_PROXY, which is no setting/),
    )
    writeFileSync(dotEnv, 'TRUST_PROXY=0\n')
    const mended = await doctor()
    expect(mended.lines).toEqual(says(/^✓ settings can be used$/))
  })
})

describe('the check of the database', () => {
  it('refuses an address of no kind that there is, until it is mended', async () => {
    const found = await doctor({ DATABASE_URL: 'mysql://localhost/latchkey' })
    expect(found).toEqual(bad(/^✗ database can be used: DATABASE_URL must start with file:/))
    expect(await doctor()).toEqual(FINE)
  })

  it('never prints the password, whatever is wrong', async () => {
    const password = 'hunter2'
    for (const url of [
      `postgresql://ada:${password}@127.0.0.1:1/latchkey`,
      `postgresql://ada:${password}/@127.0.0.1:1/latchkey`,
      `postgresql://ada:${password}@nowhere.invalid/latchkey?sslmode=verify-full`,
    ]) {
      const { code, lines, errors } = await doctor({ DATABASE_URL: url })
      expect(code).toBe(1)
      expect(lines).toEqual(says(/^✗ database can be used/))
      expect(lines.join('\n') + errors).not.toContain(password)
    }
  })

  it('refuses one of a newer version, until it is of this one', async () => {
    await server.query(
      `INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name")
       VALUES ('newer', 'x', ?, '29990101000000_newer')`,
      new Date(),
    )
    const found = await doctor()
    await server.query(`DELETE FROM "_prisma_migrations" WHERE "id" = 'newer'`)
    expect(found).toEqual(bad(/^✗ tables are up to date: .*newer version of Latchkey/))
    expect(await doctor()).toEqual(FINE)
  })
})

describe('the check of the clock', () => {
  it('warns when the clock of this machine is behind, until it is right', async () => {
    const clock = path.join(server.folder, 'clock')
    const shifted = { NODE_OPTIONS: `--require=${SHIFT_CLOCK}`, CLOCK_FILE: clock }
    const DAY = 86_400_000
    writeFileSync(clock, String(-DAY))

    const { code, lines } = await doctor(shifted)
    expect(code).toBe(0)
    const behind = isOnPostgres ? "is 86400 s behind the database's" : 'It went back'
    expect(lines).toEqual(
      says(new RegExp(`^! clock of this machine is right: .*${behind}.*timedatectl set-ntp true`)),
    )
    writeFileSync(clock, '0')
    expect((await doctor(shifted)).lines).toEqual(says(/^✓ clock of this machine is right$/))
    rmSync(clock)
  })
})

describe('the check of ORIGIN', () => {
  it('is skipped with a sentence while the server does not run, which is not wrong', async () => {
    await server.stop()
    const { code, lines } = await doctor()
    await server.start()
    expect(code).toBe(0)
    expect(lines).toEqual(
      says(
        /^- Latchkey answers at ORIGIN: skipped: nothing answers at http:\/\/localhost:\d+ \(.*ask/,
      ),
    )
    expect(lines).toEqual(says(/^✓ tables are up to date$/))
    expect(lines.at(-1)).toBe('Nothing is wrong. Not looked at: 5 checks.')
    expect(await doctor()).toEqual(FINE)
  })

  it('refuses TRUST_PROXY where no proxy stands, until it is 0', async () => {
    await server.stop()
    await server.start({ TRUST_PROXY: '1' })
    const found = await doctor({ TRUST_PROXY: '1' })
    await server.stop()
    await server.start()
    expect(found).toEqual(
      bad(/^✗ addresses of visitors are known: .*guess passwords.*set TRUST_PROXY=0/),
    )
    expect(await doctor()).toEqual(FINE)
  })
})
