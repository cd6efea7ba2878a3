import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startServer, type TestServer } from './server'
import { createVisitor, type Visitor } from './visitor'

/** A server on its first day: an administrator on many devices, who has seen to nothing yet. */
export type StageAtFirst = { server: TestServer; admin: Visitor; dispose(): Promise<void> }

const BROWSERS = ['Firefox/140.0', 'Chrome/141.0.0.0', 'Chrome/141.0.0.0 Edg/141.0.0.0']
const SYSTEMS = ['X11; Linux x86_64', 'Windows NT 10.0; Win64; x64', 'Linux; Android 15; Pixel 8']
const EACH = 2

export async function buildStageAtFirst(): Promise<StageAtFirst> {
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-mails-'))
  const server = await startServer({ TRUST_PROXY: '1', MAIL_FOLDER: folder })
  const on = (system: string, browser: string) =>
    createVisitor(server.origin, { userAgent: `Mozilla/5.0 (${system}) ${browser}` })
  const admin = on(SYSTEMS[0]!, BROWSERS[0]!)
  await admin.setUp(server.setUpToken(), 'ada@example.com', 'Ada Lovelace')
  for (const system of SYSTEMS) {
    for (const browser of BROWSERS) {
      for (let count = 0; count < EACH; count += 1) {
        await on(system, browser).signIn('ada@example.com')
      }
    }
  }
  return {
    server,
    admin,
    async dispose() {
      await server.dispose()
      rmSync(folder, { recursive: true })
    },
  }
}
