import { describe, expect, test } from 'vitest'
import { BROKEN_LINES } from '../../../tests/support/broken-lines'
import { compareConfigurations } from './compare'
import { proxyConfiguration, type ConfiguredApplication, type Proxy } from './proxy-configuration'

const WIKI: ConfiguredApplication = {
  id: 'wiki',
  name: 'Wiki',
  address: 'https://wiki.example.org',
  upstream: 'http://127.0.0.1:8080',
  assertion: true,
}
const FILES: ConfiguredApplication = {
  id: 'files',
  name: 'Files',
  address: 'https://files.example.org',
  upstream: 'http://127.0.0.1:8081',
  assertion: false,
}

const print = (proxy: Proxy, applications: ConfiguredApplication[], withAccountSite = true) =>
  proxyConfiguration(proxy, {
    site: 'https://accounts.example.org',
    latchkey: '127.0.0.1:3000',
    applications,
    withAccountSite,
  })

const missingIn = (printed: string, file: string) =>
  compareConfigurations(printed, file).flatMap(({ missing }) => missing)

/** As a comparison names a line. */
const named = (line: string) =>
  line
    .replace(/(?:^|\s)#.*/, '')
    .trim()
    .replaceAll(/\s+/g, ' ')

/** Without the lines that open a block or close one, which no proxy does without. */
const directives = (text: string) =>
  text
    .split('\n')
    .map((line, index) => ({ line, index }))
    .filter(({ line }) => named(line) !== '' && !/^[^#]*\{$|^\s*\}$/.test(line))

describe.each(['nginx', 'caddy'] as const)('a file for %s', (proxy) => {
  const whole = print(proxy, [WIKI, FILES])
  const wiki = print(proxy, [WIKI], false)
  const lines = whole.split('\n')

  test('that is as printed differs in nothing', () => {
    expect(compareConfigurations(whole, whole)).toEqual([])
    expect(compareConfigurations(wiki, whole)).toEqual([])
  })

  test('that lacks a single line is found to lack that one, whichever it is', () => {
    expect(directives(whole).length).toBeGreaterThan(50)
    for (const { line, index } of directives(whole)) {
      const file = lines.toSpliced(index, 1).join('\n')
      expect([index, missingIn(whole, file)]).toEqual([index, [named(line)]])
    }
  })

  test('that lacks a single line of one application is found to lack it, beside whatever others', () => {
    const part = wiki.split('\n')
    for (const { line, index } of directives(wiki)) {
      const file = part.toSpliced(index, 1).join('\n') + print(proxy, [FILES])
      expect([index, missingIn(wiki, file)]).toEqual([index, [named(line)]])
    }
  })

  test('that opens a block in another way is found to have changed it', () => {
    const openers = lines.flatMap((line, index) => (/^\s[^#]*\{$/.test(line) ? [index] : []))
    expect(openers.length).toBeGreaterThan(5)
    for (const index of openers) {
      const file = lines.with(index, 'something else {').join('\n')
      expect(missingIn(whole, file)).toEqual([named(lines[index]!)])
    }
  })

  test.each(BROKEN_LINES[proxy])('in which $line became $broken has one line changed', (one) => {
    const changed = print(proxy, [WIKI]).replace(one.line, one.broken)
    const missing = missingIn(print(proxy, [WIKI]), changed)
    expect(missing).toHaveLength(1)
    if (one.check) expect(missing).toEqual([one.check])
  })

  test('may have comments, other indentation, blocks in another order and lines of its own', () => {
    const blocks = `${print(proxy, [FILES], false)}\n${print(proxy, [])}\n${wiki}`
    const spaced = blocks.replaceAll(/^\s*/gm, ' ').replaceAll('\n', ' # mine\n\n')
    expect(compareConfigurations(whole, spaced)).toEqual([])
    const own = whole.replace(/^(\s+)(auth_request off;|request_header -Remote\*)$/m, '$&\n$1mine;')
    expect(compareConfigurations(whole, own)).toMatchObject([{ missing: [], added: ['mine;'] }])
  })

  test('may stand inside of another block', () => {
    expect(compareConfigurations(whole, `http {\n${whole}\n}`)).toEqual([])
  })

  test('that is empty lacks everything', () => {
    const all = lines.map(named).filter(Boolean)
    expect(missingIn(whole, '')).toEqual(all)
  })
})

test('a difference says after which line of the file it is, and in which part', () => {
  const printed = 'server {\n  location / {\n    one;\n    two;\n  }\n}\n'
  const file = '# mine\n\nserver {\n  location / {\n    one;\n    three;\n  }\n}\n'
  expect(compareConfigurations(printed, file)).toEqual([
    { after: 5, within: 'location / {', missing: ['two;'], added: ['three;'] },
  ])
})

test('a file of Traefik that lacks a line is found to lack it', () => {
  const whole = print('traefik', [WIKI])
  expect(compareConfigurations(whole, whole)).toEqual([])
  const file = whole.replace(/^.*trustForwardHeader.*\n/m, '')
  expect(missingIn(whole, file)).toEqual(['trustForwardHeader: false'])
})
