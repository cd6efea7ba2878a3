import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { PROXIES, proxyConfiguration, type ConfiguredApplication } from './proxy-configuration'

const SITE = 'https://accounts.example.org'
const WIKI: ConfiguredApplication = {
  id: 'wiki',
  name: 'Wiki',
  address: 'https://wiki.example.org',
  upstream: 'http://127.0.0.1:8080',
  assertion: false,
}
const FILES: ConfiguredApplication = {
  id: 'files',
  name: 'Files',
  address: 'https://files.example.org:8443',
  upstream: 'https://10.0.0.3',
  assertion: true,
}

const print = (
  proxy: (typeof PROXIES)[number],
  applications: ConfiguredApplication[],
  more: { site?: string; latchkey?: string; withAccountSite?: boolean } = {},
) =>
  proxyConfiguration(proxy, {
    site: SITE,
    latchkey: '127.0.0.1:3000',
    applications,
    withAccountSite: true,
    ...more,
  })

/** Without comments, blank lines and indentation. */
const directives = (configuration: string) =>
  configuration
    .split('\n')
    .map((line) => line.replace(/(?:^|\s)#.*/, '').trim())
    .filter(Boolean)

describe.each(PROXIES)('the configuration of %s', (proxy) => {
  test.each([
    'http://127.0.0.1:8080; return 200',
    'http://a;b:80',
    'http://a{b:80',
    'http://a"b:80',
    'http://a$b:80',
    'http://a`b:80',
    'http://a,b:80',
    'http://a(b:80',
    "http://a'b:80",
    'http://wiki:8080/path',
    'http://wiki:8080?query',
    'http://somebody:secret@wiki:8080',
    'ftp://wiki:8080',
    'wiki:8080\nreturn 200;',
    '',
  ])('is not printed for an application that listens at %j', (upstream) => {
    expect(() => print(proxy, [{ ...WIKI, upstream }])).toThrow('No address for a proxy')
  })

  test('is not printed for an address that is more than an origin', () => {
    for (const address of [
      'https://wiki.example.org/a',
      'https://wi;ki.example',
      'https://wi$ki/',
    ]) {
      expect(() => print(proxy, [{ ...WIKI, address }])).toThrow('No address for a proxy')
      expect(() => print(proxy, [WIKI], { site: address })).toThrow('No address for a proxy')
      expect(() => print(proxy, [WIKI], { latchkey: address })).toThrow('No address for a proxy')
    }
  })

  test('is not printed for an id that has other characters than ids have', () => {
    for (const id of ['', 'wi ki', 'wiki;', 'wiki\n', '../wiki', 'Wiki', '{{wiki}}']) {
      expect(() => print(proxy, [{ ...WIKI, id }])).toThrow('No id of an application')
    }
  })

  test('takes nothing from the name of an application but letters for its comments', () => {
    const name = 'W\nreturn 200;\r\u2028{$HOME} {{ env "HOME" }} # ` \\ $host'
    const printed = print(proxy, [{ ...WIKI, name }])
    expect(directives(printed)).toEqual(directives(print(proxy, [WIKI])))
    expect(printed).not.toMatch(/\{\$|\{\{|\r|\u2028/)
    expect(print(proxy, [{ ...WIKI, name: '維基 Ünïcode' }])).toContain('維基 Ünïcode')
  })

  test('says what is to be filled in while nobody said where the application listens', () => {
    const printed = print(proxy, [{ ...WIKI, upstream: null }])
    expect(printed).toMatch(/# Fill in where Wiki listens\..*\n.*127\.0\.0\.1:8080/)
    expect(print(proxy, [WIKI])).not.toContain('Fill in where')
  })

  test('asks about each application by its own id and for its own host', () => {
    const printed = print(proxy, [WIKI, FILES])
    const question = proxy === 'nginx' ? 'auth-request' : 'forward-auth'
    for (const id of ['wiki', 'files']) expect(printed).toContain(`/api/v1/${question}/${id}`)
  })

  test('passes the assertion on to those that get it, and takes a visitor’s away from all', () => {
    const assertion = 'X-Latchkey-Assertion'
    const passed = {
      nginx: '$latchkey_assertion;',
      caddy: `Remote-Groups ${assertion}`,
      traefik: `Remote-Groups, ${assertion}`,
    }
    const removed = {
      nginx: `${assertion} "";`,
      caddy: 'request_header -*Latchkey*',
      traefik: `${assertion}: ""`,
    }
    expect(print(proxy, [FILES])).toContain(passed[proxy])
    expect(print(proxy, [WIKI])).not.toContain(passed[proxy])
    expect(print(proxy, [WIKI])).toContain(removed[proxy])
  })

  test('speaks http alone, at the ports of the addresses, where the addresses do', () => {
    const printed = print(proxy, [{ ...WIKI, address: 'http://wiki.localhost:8080' }], {
      site: 'http://accounts.localhost:8080',
    })
    expect(printed).not.toMatch(/https|ssl|tls/)
    expect(printed).toMatch(
      {
        nginx: /listen 8080;/,
        caddy: /^http:\/\/wiki\.localhost:8080 \{$/m,
        traefik: /address: ":8080"/,
      }[proxy],
    )
  })

  test('can be put together from the part for Latchkey and that of each application', () => {
    if (proxy === 'traefik') return
    const alone = { withAccountSite: false }
    const near = { ...FILES, address: 'https://files.example.org' }
    const parts = [print(proxy, []), print(proxy, [WIKI], alone), print(proxy, [near], alone)]
    expect(parts.flatMap(directives)).toEqual(directives(print(proxy, [WIKI, near])))
    expect(parts[1]).not.toMatch(/Host\(`accounts|server_name accounts|^accounts/m)
  })
})

describe('the configuration of Traefik', () => {
  type Dynamic = { http: Record<'routers' | 'middlewares' | 'services', Record<string, unknown>> }
  const parse = (text: string): unknown[] =>
    parseAllDocuments(text).map((document) => {
      if ('errors' in document) expect([document.errors, document.warnings]).toEqual([[], []])
      return (document as { toJS: () => unknown }).toJS()
    })

  test('is YAML with a static and a dynamic part', () => {
    const [fixed, dynamic] = parse(print('traefik', [WIKI, FILES])) as [unknown, Dynamic]
    expect(fixed).toMatchObject({
      entryPoints: {
        'websecure-443': { address: ':443', http: { aliasHeadersStrategy: 'delete', tls: {} } },
        'websecure-8443': { address: ':8443', http: { aliasHeadersStrategy: 'delete', tls: {} } },
      },
    })
    expect(dynamic.http.routers).toMatchObject({
      'application-wiki': {
        entryPoints: ['websecure-443'],
        rule: 'Host(`wiki.example.org`)',
        middlewares: ['never-from-visitors', 'question-wiki'],
      },
      'application-files': { entryPoints: ['websecure-8443'], service: 'application-files' },
    })
    expect(dynamic.http.services).toMatchObject({
      'application-files': { loadBalancer: { servers: [{ url: 'https://10.0.0.3:443' }] } },
    })
  })

  test('can be put together from the part for Latchkey and that of each application', () => {
    const whole = parse(print('traefik', [WIKI, FILES]))[1] as Dynamic
    const alone = { withAccountSite: false }
    const parts = [
      print('traefik', []),
      print('traefik', [WIKI], alone),
      print('traefik', [FILES], alone),
    ]
    const all = parts.map((part) => parse(part).at(-1) as Dynamic)
    for (const kind of ['routers', 'middlewares', 'services'] as const) {
      expect(Object.assign({}, ...all.map(({ http }) => http[kind]))).toEqual(whole.http[kind])
    }
  })
})
