import { expect, test } from 'vitest'
import { valuesOf } from '../support/proxied-application'
import { ADA, startProxiedWorld } from '../support/proxied-world'
import { RUN_PROXIES } from '../support/proxies'

test('asks about locations too that an operator adds to nginx, and tells who it is there', async () => {
  const world = await startProxiedWorld('nginx', {
    change: (text) =>
      text.replace(
        '  location / {\n    proxy_pass http://application-wiki;',
        '  location ~ \\.php$ { proxy_pass http://application-wiki; }\n$&',
      ),
  })
  for (const path of ['/index.php', '/.latchkey/index.php']) {
    world.asked.reply(() => ({ status: 401 }))
    expect((await world.visitor.ask(world.wiki, path)).status).toBe(401)
    expect(world.application.arrived).toEqual([])
  }
  world.asked.reply(() => ({ status: 200, headers: ADA }))
  await world.visitor.ask(world.wiki, '/index.php', { headers: { 'Remote-User': 'root' } })
  expect(valuesOf(world.application.arrived[0]!.rawHeaders, 'Remote-User')).toEqual(['ada'])
  await world.dispose()
})

test.each(RUN_PROXIES)(
  '%s asks about http addresses by http, where there is no TLS',
  async (proxy) => {
    const world = await startProxiedWorld(proxy, { scheme: 'http' })
    world.asked.reply(() => ({ status: 200, headers: ADA }))
    expect((await world.visitor.ask(world.wiki, '/page?a=b')).status).toBe(200)
    expect(world.questionOf(world.asked.arrived[0]!).url).toBe(`${world.wiki}/page?a=b`)
    const { rawHeaders } = world.application.arrived[0]!
    expect(valuesOf(rawHeaders, 'X-Forwarded-Proto')).toEqual(['http'])
    expect(valuesOf(rawHeaders, 'X-Forwarded-Host')).toEqual([new URL(world.wiki).host])
    await world.dispose()
  },
)
