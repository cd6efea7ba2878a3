import { afterAll, describe, expect, test } from 'vitest'
import {
  proxyConfiguration,
  type ConfiguredApplication,
} from '~/applications/configuration/proxy-configuration'
import { BROKEN_LINES } from '../support/broken-lines'
import { createCertificate } from '../support/certificate'
import { examineWithProxy, RUN_PROXIES } from '../support/proxies'

const certificate = createCertificate(['accounts.example.org', 'wiki.example.org'])
afterAll(() => certificate.remove())

const WIKI: ConfiguredApplication = {
  id: 'wiki',
  name: 'Wiki “{$HOME}”',
  address: 'https://wiki.example.org',
  upstream: null,
  assertion: true,
}
const FILES: ConfiguredApplication = {
  id: 'files',
  name: 'Files',
  address: 'https://files.example.org:8443',
  upstream: 'https://files.internal',
  assertion: false,
}
const ELSEWHERE = { ...FILES, id: 'elsewhere', upstream: 'http://[::1]:8081' }
/** As that of Latchkey's own upstream. */
const LATCHKEY = { ...FILES, id: 'latchkey', address: 'https://name.example.org' }

const SITE = { site: 'https://accounts.example.org', latchkey: '127.0.0.1:3000' }
const LOCAL = { site: 'http://accounts.localhost:8080', latchkey: '[::1]:3000' }

describe.each(RUN_PROXIES)('%s has nothing against', (proxy) => {
  const examine = (...parts: string[]) => examineWithProxy(proxy, parts.join('\n'), certificate)

  test('the configuration of applications at several hosts and ports', () => {
    const applications = [
      WIKI,
      // nginx wants to find the host when it starts.
      { ...FILES, upstream: 'https://10.0.0.3' },
      { ...ELSEWHERE, address: 'https://elsewhere.example.org:9443' },
      { ...LATCHKEY, upstream: 'http://localhost:8082' },
    ]
    const whole = proxyConfiguration(proxy, { ...SITE, applications, withAccountSite: true })
    expect(examine(whole)).toBe('')
  })

  test('the parts of a configuration, one after the other', () => {
    const part = (applications: ConfiguredApplication[], withAccountSite: boolean) =>
      proxyConfiguration(proxy, { ...SITE, applications, withAccountSite })
    expect(examine(part([], true), part([WIKI], false), part([ELSEWHERE], false))).toBe('')
  })

  test('the configuration without TLS', () => {
    const applications = [
      { ...WIKI, address: 'http://wiki.localhost:8080' },
      { ...ELSEWHERE, address: 'http://elsewhere.localhost:8081' },
      { ...LATCHKEY, address: 'http://name.localhost', upstream: 'http://127.0.0.1:8083' },
    ]
    const whole = proxyConfiguration(proxy, { ...LOCAL, applications, withAccountSite: true })
    expect(examineWithProxy(proxy, whole)).toBe('')
  })

  test.each(BROKEN_LINES[proxy])(
    'a configuration in which $line became $broken',
    ({ line, broken }) => {
      const applications = [{ ...WIKI, upstream: 'http://127.0.0.1:8080' }]
      const whole = proxyConfiguration(proxy, { ...SITE, applications, withAccountSite: true })
      const changed = whole.replace(line, broken)
      expect(changed).not.toBe(whole)
      // What is left of its place is not as Caddy would format it.
      expect(examine(changed.replaceAll(/\n{3,}/g, '\n\n'))).not.toMatch(
        /"level":"error"|emerg|Error/,
      )
    },
  )
})
