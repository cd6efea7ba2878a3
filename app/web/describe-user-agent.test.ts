import { describe, expect, test } from 'vitest'
import { describeUserAgent } from './describe-user-agent'

/** As pages say it. */
function inWords(userAgent: string): [words: string, kind: string] {
  const { browser, system, kind } = describeUserAgent(userAgent)
  return [system ? `${browser} on ${system}` : browser, kind]
}

describe('the description of a browser', () => {
  const nonsense = [
    '<script>alert(1)</script>',
    '\u202e\u0000',
    '(((((',
    'Mozilla/5.0',
    'Mozilla/5.0 '.repeat(40),
    'x'.repeat(5_000),
    `Mozilla/5.0 ${'x'.repeat(5_000)}`,
    `Mozilla/5.0 (${'x'.repeat(5_000)}BSD)`,
    `Mozilla/5.0 (Nintendo_${'x'.repeat(5_000)})`,
    `Mozilla/5.0 (Nintendo ${'x'.repeat(5_000)})`,
  ]
  const cases = nonsense.map((userAgent) => [userAgent.slice(0, 30), userAgent] as const)
  test.each(cases)('is brief for nonsense: %s', (_, userAgent) => {
    const [words, kind] = inWords(userAgent)
    expect(words.length).toBeGreaterThan(0)
    expect(words.length).toBeLessThan(100)
    expect(kind).toBe('program')
  })

  test.each(['', '   '])('is "Unknown browser" for no text at all: "%s"', (userAgent) => {
    expect(inWords(userAgent)).toEqual(['Unknown browser', 'program'])
  })
})

const WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const BLINK = 'AppleWebKit/537.36 (KHTML, like Gecko)'

// prettier-ignore
const AGENTS: [userAgent: string, words: string, kind: string][] = [
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${BLINK} Chrome/140.0.0.0 Safari/537.36`, 'Chrome on macOS', 'desktop'],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Version/18.5 Safari/605.1.15`, 'Safari on macOS', 'desktop'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${BLINK} Chrome/140.0.0.0 Safari/537.36`, 'Chrome on Windows', 'desktop'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${BLINK} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`, 'Microsoft Edge on Windows', 'desktop'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${BLINK} Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763`, 'Microsoft Edge on Windows', 'desktop'],
  ['Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko', 'Internet Explorer on Windows', 'desktop'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${BLINK} Chrome/138.0.0.0 Safari/537.36 OPR/122.0.0.0`, 'Opera on Windows', 'desktop'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${BLINK} Chrome/136.0.0.0 YaBrowser/25.6.0.0 Safari/537.36`, 'Yandex Browser on Windows', 'desktop'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0', 'Firefox on Linux', 'desktop'],
  ['Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0', 'Firefox on Linux', 'desktop'],
  [`Mozilla/5.0 (X11; Linux x86_64) ${BLINK} Chrome/138.0.0.0 Safari/537.36 Vivaldi/7.5.3735.54`, 'Vivaldi on Linux', 'desktop'],
  [`Mozilla/5.0 (X11; Linux x86_64) ${BLINK} Chrome/138.0.0.0 Safari/537.36 Brave/138`, 'Brave on Linux', 'desktop'],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Version/18.5 Safari/605.1.15 Ddg/18.5`, 'DuckDuckGo on macOS', 'desktop'],
  [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Version/18.0 Safari/605.1.15`, 'Web browser on Linux', 'desktop'],
  [`Mozilla/5.0 (X11; Linux x86_64) ${BLINK} QtWebEngine/6.7.2 Chrome/118.0.5993.220 Safari/537.36 Konqueror/24.08`, 'Konqueror on Linux', 'desktop'],
  ['Mozilla/5.0 (X11; Linux x86_64) NetSurf/3.11', 'NetSurf on Linux', 'desktop'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.5.0', 'Thunderbird on Linux', 'desktop'],
  [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${BLINK} Chrome/140.0.0.0 Safari/537.36`, 'Chrome on ChromeOS', 'desktop'],
  ['Mozilla/5.0 (X11; FreeBSD amd64; rv:143.0) Gecko/20100101 Firefox/143.0', 'Firefox on FreeBSD', 'desktop'],
  [`Mozilla/5.0 (X11; FreeBSD amd64) ${BLINK} Chrome/140.0.0.0 Safari/537.36`, 'Chrome on FreeBSD', 'desktop'],
  ['Mozilla/5.0 (X11; OpenBSD amd64; rv:143.0) Gecko/20100101 Firefox/143.0', 'Firefox on OpenBSD', 'desktop'],
  ['Mozilla/5.0 (X11; NetBSD amd64; rv:143.0) Gecko/20100101 Firefox/143.0', 'Firefox on NetBSD', 'desktop'],
  ['Mozilla/5.0 (X11; DragonFly x86_64; rv:143.0) Gecko/20100101 Firefox/143.0', 'Firefox on DragonFly BSD', 'desktop'],
  ['Mozilla/5.0 (X11; MidnightBSD amd64; rv:128.0) Gecko/20100101 Firefox/128.0', 'Firefox on MidnightBSD', 'desktop'],
  ['Mozilla/5.0 (X11; GNU/kFreeBSD x86_64; rv:52.0) Gecko/20100101 Firefox/52.0', 'Firefox on GNU/kFreeBSD', 'desktop'],
  [`Mozilla/5.0 (X11; GNU/kFreeBSD amd64) ${BLINK} Chrome/57.0.2987.98 Safari/537.36`, 'Chrome on GNU/kFreeBSD', 'desktop'],
  ['Mozilla/5.0 (X11; illumos i86pc; rv:128.0) Gecko/20100101 Firefox/128.0', 'Firefox on illumos', 'desktop'],
  ['Mozilla/5.0 (X11; SunOS i86pc; rv:128.0) Gecko/20100101 Firefox/128.0', 'Firefox on SunOS', 'desktop'],
  ['Mozilla/5.0 (Macintosh; Intel Haiku R1 x86) AppleWebKit/602.1.1 (KHTML, like Gecko) WebPositive/1.2 Version/8.0 Safari/602.1.1', 'WebPositive on Haiku', 'desktop'],
  [`Mozilla/5.0 (X11; Haiku x86_64) ${WEBKIT} WebPositive/1.3 Safari/605.1.15`, 'WebPositive on Haiku', 'desktop'],

  [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${WEBKIT} Version/18.6 Mobile/15E148 Safari/604.1`, 'Safari on iPhone', 'phone'],
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${WEBKIT} CriOS/140.0.7339.39 Mobile/15E148 Safari/604.1`, 'Chrome on iPhone', 'phone'],
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${WEBKIT} FxiOS/142.0 Mobile/15E148 Safari/605.1.15`, 'Firefox on iPhone', 'phone'],
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${WEBKIT} Version/18.0 EdgiOS/140.0.3485.54 Mobile/15E148 Safari/605.1.15`, 'Microsoft Edge on iPhone', 'phone'],
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${WEBKIT} Version/18.5 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15`, 'DuckDuckGo on iPhone', 'phone'],
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${WEBKIT} Mobile/15E148 [FBAN/FBIOS;FBAV/520.0.0.38.101;FBBV/756351453;FBDV/iPhone15,2;FBMD/iPhone;FBSN/iOS;FBSV/18.6;FBSS/3;FBID/phone;FBLC/en_US;FBOP/5]`, 'Facebook on iPhone', 'phone'],
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${WEBKIT} Mobile/15E148 Instagram 390.0.0.28.85 (iPhone15,2; iOS 18_6; en_US; en; scale=3.00; 1179x2556; 758239612)`, 'Instagram on iPhone', 'phone'],
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${WEBKIT} Mobile/15E148`, 'In-app browser on iPhone', 'phone'],
  [`Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) ${WEBKIT} Version/16.6 Mobile/15E148 Safari/604.1`, 'Safari on iPad', 'tablet'],
  [`Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) ${WEBKIT} CriOS/140.0.7339.39 Mobile/15E148 Safari/604.1`, 'Chrome on iPad', 'tablet'],
  [`Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) ${WEBKIT} FxiOS/142.0 Mobile/15E148 Safari/605.1.15`, 'Firefox on iPad', 'tablet'],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} CriOS/140 Version/11.1.1 Safari/605.1.15`, 'Chrome on iPad', 'tablet'],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} CriOS/140.0.7339.39 Mobile/15E148 Safari/604.1`, 'Chrome on iPad', 'tablet'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:142.0) Gecko/20100101 FxiOS/142.0 Firefox/142.0', 'Firefox on iPad', 'tablet'],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Version/18.0 EdgiOS/140.0.3485.54 Safari/605.1.15`, 'Microsoft Edge on iPad', 'tablet'],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Version/18.5 Safari/605.1.15 OPT/5.6.1`, 'Opera Touch on iPad', 'tablet'],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} OPT/3.2.9 Version/15.5 Safari/605.1.15`, 'Opera Touch on iPad', 'tablet'],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} OPiOS/16.0.15.124050 Version/15.5 Safari/9537.53`, 'Opera on iPad', 'tablet'],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} GSA/382.0.794785026 Safari/604.1`, 'Google Search on iPad', 'tablet'],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Mobile/15E148`, 'In-app browser on iPad', 'tablet'],
  [`Mozilla/5.0 (Linux; Android 10; K) ${BLINK} Chrome/140.0.0.0 Mobile Safari/537.36`, 'Chrome on Android', 'phone'],
  [`Mozilla/5.0 (Linux; Android 10; K) ${BLINK} Chrome/140.0.0.0 Safari/537.36`, 'Chrome on Android', 'tablet'],
  [`Mozilla/5.0 (Linux; Android 14; Pixel 8) ${BLINK} Chrome/128.0.0.0 Mobile Safari/537.36`, 'Chrome on Pixel 8', 'phone'],
  [`Mozilla/5.0 (Linux; Android 10; moto g(7) power) ${BLINK} Chrome/99.0.0.0 Mobile Safari/537.36`, 'Chrome on moto g(7) power', 'phone'],
  [`Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S911B) ${BLINK} SamsungBrowser/21.0 Chrome/110.0.0.0 Mobile Safari/537.36`, 'Samsung Internet on SM-S911B', 'phone'],
  [`Mozilla/5.0 (Linux; U; Android 9; de-de; ) ${BLINK} Version/4.0 Chrome/90.0.0.0 Mobile Safari/537.36`, 'Chrome on Android', 'phone'],
  ['Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0', 'Firefox on Android', 'phone'],
  ['Mozilla/5.0 (Android 15; Tablet; rv:143.0) Gecko/143.0 Firefox/143.0', 'Firefox on Android', 'tablet'],
  [`Mozilla/5.0 (Linux; Android 10; K) ${BLINK} Chrome/139.0.0.0 Mobile Safari/537.36 EdgA/139.0.0.0`, 'Microsoft Edge on Android', 'phone'],
  [`Mozilla/5.0 (Linux; Android 10; K) ${BLINK} Chrome/137.0.0.0 Mobile Safari/537.36 OPR/91.0.0.0`, 'Opera on Android', 'phone'],
  ['Opera/9.80 (Android; Opera Mini/36.2.2254/191.256; U; en) Presto/2.12.423 Version/12.16', 'Opera on Android', 'phone'],
  [`Mozilla/5.0 (Linux; Android 10; K) ${BLINK} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`, 'Samsung Internet on Android', 'phone'],
  [`Mozilla/5.0 (Linux; U; Android 13; en-US; SM-A135F) ${BLINK} Version/4.0 Chrome/100.0.4896.58 UCBrowser/13.8.2.1324 Mobile Safari/537.36`, 'UC Browser on SM-A135F', 'phone'],
  [`Mozilla/5.0 (Linux; U; Android 13; en-us; 2201117TG Build/TKQ1) ${BLINK} Version/4.0 Chrome/112.0.5615.136 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.9.1-gn`, 'Mi Browser on 2201117TG', 'phone'],
  [`Mozilla/5.0 (Linux; Android 14; Pixel 8) ${BLINK} Chrome/138.0.0.0 Mobile DuckDuckGo/5 Safari/537.36`, 'DuckDuckGo on Pixel 8', 'phone'],
  [`Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UQ1A.240105.004; wv) ${BLINK} Version/4.0 Chrome/140.0.0.0 Mobile Safari/537.36`, 'In-app browser on Pixel 8', 'phone'],
  [`Mozilla/5.0 (Linux; Android 14; SM-S911B Build/UP1A.231005.007; wv) ${BLINK} Version/4.0 Chrome/138.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/520.0.0.44.99;]`, 'Facebook on SM-S911B', 'phone'],
  [`Mozilla/5.0 (Linux; Android 9; KFMAWI) ${BLINK} Silk/120.1.1 like Chrome/120.0.0.0 Safari/537.36`, 'Amazon Silk on KFMAWI', 'tablet'],
  ['Mozilla/5.0 (Linux; Tizen 2.4; SAMSUNG SM-Z300H) AppleWebKit/537.3 (KHTML, like Gecko) SamsungBrowser/1.1 Mobile Safari/537.3', 'Samsung Internet on Tizen', 'phone'],
  ['Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5', 'Firefox on KaiOS', 'phone'],
  [`Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) ${BLINK} Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15063`, 'Microsoft Edge on Windows Phone', 'phone'],

  ['Mozilla/5.0 (PLAYSTATION 3 4.91) AppleWebKit/531.22.8 (KHTML, like Gecko)', 'Web browser on PlayStation 3', 'tv'],
  ['Mozilla/5.0 (PLAYSTATION 3; 3.55)', 'Web browser on PlayStation 3', 'tv'],
  ['Mozilla/5.0 (PlayStation Vita 3.74) AppleWebKit/537.73 (KHTML, like Gecko) Silk/3.2', 'Web browser on PlayStation Vita', 'tv'],
  ['Mozilla/5.0 (PSP (PlayStation Portable); 2.60)', 'Web browser on PlayStation Portable', 'tv'],
  [`Mozilla/5.0 (PlayStation 4 11.00) ${WEBKIT} Version/15.6 Safari/605.1.15`, 'Web browser on PlayStation 4', 'tv'],
  [`Mozilla/5.0 (PlayStation; PlayStation 5/8.00) ${WEBKIT} Version/15.6 Safari/605.1.15`, 'Web browser on PlayStation 5', 'tv'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) ${BLINK} Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0`, 'Microsoft Edge on Xbox', 'tv'],
  ['Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/609.4 (KHTML, like Gecko) NF/6.0.2.21.3 NintendoBrowser/5.1.0.22474', 'Web browser on Nintendo Switch', 'tv'],
  [`Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.5) ${BLINK} 85.0.4183.93/6.5 TV Safari/537.36`, 'Web browser on a TV', 'tv'],
  [`Mozilla/5.0 (SMART-TV; Linux; Tizen 5.0) ${BLINK} SamsungBrowser/2.2 Chrome/63.0.3239.84 TV Safari/537.36`, 'Samsung Internet on a TV', 'tv'],
  [`Mozilla/5.0 (Web0S; Linux/SmartTV) ${BLINK} Chrome/94.0.4606.128 Safari/537.36 WebAppManager`, 'Web browser on a TV', 'tv'],
  [`Mozilla/5.0 (Linux; Android 12; BRAVIA 4K VH2 Build/STT2) ${BLINK} Chrome/120.0.0.0 Safari/537.36`, 'Chrome on a TV', 'tv'],
  [`Mozilla/5.0 (Linux; Android 9; AFTKA) ${BLINK} Silk/120.1.1 like Chrome/120.0.0.0 Safari/537.36`, 'Amazon Silk on a TV', 'tv'],
  [`Mozilla/5.0 (X11; Linux armv7l) ${BLINK} Chrome/120.0.0.0 Safari/537.36 CrKey/1.56.500000`, 'Chrome on a TV', 'tv'],

  ['Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UQ1A.240105.004)', 'App on Pixel 8', 'program'],
  ['My%20Mail/3.2 CFNetwork/1335.0.3 Darwin/21.6.0', 'My Mail on an Apple device', 'program'],
  ['Nextcloud/6.1 (iPhone; iOS 18.6; Scale/3.00)', 'Nextcloud on iPhone', 'program'],
  ['DAVx5/4.4.2-ose (dav4jvm; okhttp/4.12.0) Android/14', 'DAVx5 on Android', 'program'],
  ['Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.4291', 'PowerShell on Windows', 'program'],
  ['Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.22631; en-US) PowerShell/7.4.2', 'PowerShell on Windows', 'program'],
  ['Mozilla/5.0 (Linux; Ubuntu 22.04.4 LTS; en-US) PowerShell/7.4.2', 'PowerShell on Linux', 'program'],
  ['Mozilla/5.0 (Macintosh; Darwin 23.4.0 Darwin Kernel Version 23.4.0; en-US) PowerShell/7.4.2', 'PowerShell on macOS', 'program'],
  ['curl/8.9.1', 'curl', 'program'],
  ['Wget/1.21.4 (mingw32)', 'Wget', 'program'],
  ['Go-http-client/1.1', 'Go-http-client', 'program'],
  ['python-requests/2.32.3', 'python-requests', 'program'],
  ['Python/3.12 aiohttp/3.9.5', 'Python', 'program'],
  ['Java/17.0.2', 'Java', 'program'],
  ['Apache-HttpClient/4.5.14 (Java/17.0.11)', 'Apache-HttpClient', 'program'],
  ['PostmanRuntime/7.42.0', 'PostmanRuntime', 'program'],
  ['okhttp/4.12.0', 'okhttp', 'program'],
  ['node', 'node', 'program'],
  ['Lynx/2.9.2 libwww-FM/2.14 SSL-MM/1.4.1 OpenSSL/3.3.1', 'Lynx', 'program'],
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'Googlebot', 'program'],
  [`Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) ${BLINK} Chrome/139.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)`, 'Googlebot on Nexus 5X', 'program'],
  ['latchkey-backup/1.2 (cron)', 'latchkey-backup', 'program'],
]

describe('a browser or program is described', () => {
  test.each(AGENTS)('in words: %s is %s', (userAgent, words, kind) => {
    expect(inWords(userAgent)).toEqual([words, kind])
  })
})
