import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { request } from 'node:http'
import { startServer, type TestServer } from '../support/server'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.dispose())

/** fetch() would undo the compression and add headers of its own. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      const asked = request(server.origin + path, { method, headers }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        )
      })
      asked.on('error', reject).end()
    },
  )
}

async function anAsset(): Promise<string> {
  const page = await (await fetch(`${server.origin}/login`)).text()
  return /\/assets\/framework-[\w-]+\.js/.exec(page)![0]
}

describe('a file of the build', () => {
  test.each(['bytes=5-2', 'bytes=-1', 'bytes=999999999-', 'bytes=0-0,2-1', 'lines=1'])(
    'is sent whole to whoever asks for %s of it, and the server lives on',
    async (range) => {
      const { status, body } = await ask('/favicon.svg', { Range: range })
      expect(status).toBe(200)
      expect(body.toString()).toContain('<svg')
      expect((await ask('/healthz')).status).toBe(200)
    },
  )

  test('is not served by a name that leads out of its folder', async () => {
    for (const path of ['/../server/index.js', '/%2e%2e/server/index.js', '/assets/', '/stamp']) {
      expect((await ask(path)).status, path).toBeGreaterThanOrEqual(400)
    }
  })

  test('is compressed as the browser wants it', async () => {
    const asset = await anAsset()
    const [plain, gzip, brotli] = await Promise.all(
      ['identity', 'gzip', 'gzip, deflate, br'].map((accepted) =>
        ask(asset, { 'Accept-Encoding': accepted }),
      ),
    )
    expect(plain!.headers['content-encoding']).toBeUndefined()
    expect(gzip!.headers['content-encoding']).toBe('gzip')
    expect(brotli!.headers['content-encoding']).toBe('br')
    expect(brotli!.body.length).toBeLessThan(plain!.body.length / 2)
    const refused = await ask(asset, { 'Accept-Encoding': 'br;q=0, gzip;q=0' })
    expect(refused.headers['content-encoding']).toBeUndefined()
  })

  test('is not sent again to a browser that has it, and a HEAD has no body', async () => {
    const { headers } = await ask('/favicon.svg')
    const again = await ask('/favicon.svg', { 'If-None-Match': String(headers.etag) })
    expect(again.status).toBe(304)
    expect(again.body).toHaveLength(0)
    const head = await ask('/favicon.svg', {}, 'HEAD')
    expect(head.status).toBe(200)
    expect(head.headers['content-length']).toBe(headers['content-length'])
    expect(head.body).toHaveLength(0)
  })
})
