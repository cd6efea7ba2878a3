import { hash } from 'node:crypto'
import type { ServerResponse } from 'node:http'

/*
 * Pages that are answered without Remix: small documents without scripts, in the colours of the others.
 */

const STYLE = `:root { color-scheme: light dark; font: 1rem/1.55 ui-sans-serif, system-ui, sans-serif }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; overflow-wrap: anywhere;
  background: light-dark(#f7f7f5, #171614); color: light-dark(#1c1b19, #eceae5) }
main { box-sizing: border-box; width: min(100% - 2rem, 30rem); margin: 2rem 0; padding: 1.75rem;
  border: 1px solid light-dark(#e5e3dd, #35332e); border-radius: .875rem;
  background: light-dark(#fff, #201f1c) }
h1 { margin: 0 0 .75rem; font-size: 1.25rem; line-height: 1.3 }
p, ul, ol, pre, dl { margin: .75rem 0 0 }
small { display: block; margin-top: .375rem; line-height: 1.4; color: light-dark(#65625b, #a5a198) }
a { color: light-dark(#1f6f5c, #7cc9b2) }
code, pre { font: .875em/1.5 ui-monospace, monospace }
pre { padding: .75rem; border-radius: .5rem; white-space: pre-wrap; background: light-dark(#f4f3f0, #171614) }
form { margin-top: 1rem }
button { display: block; width: 100%; min-height: 2.75rem; margin-top: .625rem; padding: .5rem 1rem; cursor: pointer;
  border: 1px solid light-dark(#8f8b81, #77736a); border-radius: .5625rem; font: inherit; font-weight: 550;
  background: none; color: inherit }
button.first { border-color: transparent; background: light-dark(#1f6f5c, #7cc9b2); color: light-dark(#fff, #10201b) }
:focus-visible { outline: 2px solid light-dark(#1f6f5c, #7cc9b2); outline-offset: 2px }
dt { font-weight: 550; margin-top: .75rem } dd { margin: 0 } .bad { color: light-dark(#b3372b, #f0a79e) }`

const ALLOW_STYLE = `style-src 'sha256-${hash('sha256', STYLE, 'base64')}'`

/** Markup, as opposed to text that has to be escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

/** Markup with texts in it, which are escaped; markup and lists of markup go in as they are. */
export function markup(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(parts.reduce((text, part, index) => text + textOf(values[index - 1]!) + part))
}

type Value = string | number | Markup | readonly Markup[]

function textOf(value: Value): string {
  if (value instanceof Markup) return value.text
  if (typeof value === 'object') return value.map(({ text }) => text).join('')
  return escapeHtml(String(value))
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

export type PlainPage = {
  status: number
  title: string
  body: Markup
  /** Whether it has a form, which goes to the page's own host. */
  hasForm?: boolean
  /** Of the page's own host, whose scripts run there. */
  script?: string
}

/** What plain pages have in common. */
export type PlainFrame = {
  /** What people call the installation. */
  siteName: string
  /** Of every answer that is no page of Remix, with its content security policy. */
  headers: Readonly<Record<string, string>>
}

export function sendPlainPage(
  response: ServerResponse,
  { status, title, body, hasForm = false, script }: PlainPage,
  { siteName, headers }: PlainFrame,
): void {
  let policy = `${headers['Content-Security-Policy']}; ${ALLOW_STYLE}`
  if (hasForm) policy = policy.replace("form-action 'none'", "form-action 'self'")
  if (script) policy += "; script-src 'self'"
  const text = Buffer.from(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>${escapeHtml(`${title} · ${siteName}`)}</title>
<style>${STYLE}</style>
${script ? `<script src="${escapeHtml(script)}" defer></script>\n` : ''}<main>
<h1>${escapeHtml(title)}</h1>
${body.text}
</main>
</html>
`)
  response.writeHead(status, {
    ...headers,
    'Content-Security-Policy': policy,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': text.length,
  })
  response.end(text)
}
