import type { Action, Fact, Message, Site } from './message'

/*
 * Messages as mail clients show them: plain text that stands by itself, and HTML made of tables and
 * inline styles, since many clients know little else. Those that know `prefers-color-scheme` get the
 * dark colours of our pages (ui/styles.css); no picture and no font is fetched from anywhere.
 */

const LIGHT = {
  ...{ page: '#f7f7f5', panel: '#ffffff', line: '#e5e3dd' },
  ...{ ink: '#1c1b19', soft: '#65625b', accent: '#1f6f5c', 'accent-ink': '#ffffff' },
}
const DARK: typeof LIGHT = {
  ...{ page: '#141412', panel: '#1c1c19', line: '#2e2d29' },
  ...{ ink: '#ecebe6', soft: '#a8a59c', accent: '#5cc4a6', 'accent-ink': '#0d1f1a' },
}
type Colour = keyof typeof LIGHT

const FONT =
  "ui-sans-serif,system-ui,-apple-system,'Segoe UI',Roboto,Inter,Helvetica,Arial,sans-serif"

/** @param site where it comes from, said at the end */
export function asText({ paragraphs, facts, action, notes }: Message, site: Site): string {
  const parts = [
    ...paragraphs,
    ...(facts ? [facts.map(([what, value]) => `${what}: ${value}`).join('\n')] : []),
    ...(action ? [`${action.label}:\n${action.url}`] : []),
    ...(notes ?? []),
    `-- \n${site.name}, ${site.origin}`,
  ]
  return `${parts.join('\n\n')}\n`
}

export function asHtml(message: Message, site: Site): string {
  const { subject, paragraphs, facts, action, notes } = message
  const say = (text: string, tone: 'ink' | 'soft', size: number) =>
    paragraph(withLinks(text, tone, site.origin), tone, size)
  const content = [
    `<h1 class="ink" style="margin:0 0 16px;font-size:20px;line-height:28px;font-weight:600;${colour('ink')}">${escape(subject)}</h1>`,
    ...paragraphs.map((text) => say(text, 'ink', 15)),
    facts ? factsAsHtml(facts) : '',
    action ? actionAsHtml(action) : '',
    ...(notes ?? []).map((text) => say(text, 'soft', 14)),
    action ? say(`The button does not work? Open ${action.url}`, 'soft', 12) : '',
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escape(subject)}</title>
<style>
:root{color-scheme:light dark}
@media (prefers-color-scheme:dark){${darkRules()}}
</style>
</head>
<body class="page" style="margin:0;padding:0;${background('page')}">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="${background('page')}">
<tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:520px">
<tr><td style="padding:0 4px 16px">${brand(site)}</td></tr>
<tr><td class="panel line" style="padding:28px 28px 12px;border:1px solid ${LIGHT.line};border-radius:14px;${background('panel')}font-family:${FONT}">
${content.filter(Boolean).join('\n')}
</td></tr>
<tr><td style="padding:16px 4px 0">${say(`${site.name} at ${site.origin}`, 'soft', 12)}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`
}

const colour = (name: Colour) => `color:${LIGHT[name]};`
const background = (name: Colour) => `background-color:${LIGHT[name]};`

/** By class, since a style that stands in an element wins over everything but `!important`. */
const darkRules = () =>
  [
    ...(['page', 'panel'] as const).map(
      (name) => `.${name}{background-color:${DARK[name]}!important}`,
    ),
    ...(['ink', 'soft'] as const).map((name) => `.${name}{color:${DARK[name]}!important}`),
    `.line{border-color:${DARK.line}!important}`,
    `.accent{background-color:${DARK.accent}!important;color:${DARK['accent-ink']}!important}`,
  ].join('')

/** Without a picture: many clients show none before they are asked to. */
const brand = ({ name }: Site) =>
  `<span class="ink" style="font-family:${FONT};font-size:15px;line-height:20px;font-weight:600;${colour('ink')}">` +
  `<span class="accent" style="display:inline-block;width:20px;height:20px;border-radius:6px;text-align:center;${background('accent')}${colour('accent-ink')}">${escape(Array.from(name)[0] ?? '')}</span>` +
  `&nbsp; ${escape(name)}</span>`

function paragraph(html: string, tone: 'ink' | 'soft', size: number): string {
  return (
    `<p class="${tone}" style="margin:0 0 16px;font-family:${FONT};font-size:${size}px;` +
    `line-height:${Math.round(size * 1.5)}px;word-break:break-word;${colour(tone)}">${html}</p>`
  )
}

const factsAsHtml = (facts: readonly Fact[]) =>
  `<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 16px">
${facts.map(factAsHtml).join('\n')}
</table>`

const factAsHtml = ([what, value]: Fact) =>
  '<tr>' +
  `<td class="soft" valign="top" style="padding:2px 16px 2px 0;font-size:14px;line-height:21px;white-space:nowrap;${colour('soft')}">${escape(what)}</td>` +
  `<td class="ink" valign="top" style="padding:2px 0;font-size:14px;line-height:21px;word-break:break-word;${colour('ink')}">${escape(value)}</td>` +
  '</tr>'

const actionAsHtml = ({ label, url }: Action) =>
  `<p style="margin:8px 0 24px"><a href="${escape(url)}" class="accent" style="display:inline-block;padding:11px 20px;border-radius:9px;font-family:${FONT};font-size:15px;line-height:22px;font-weight:600;text-decoration:none;${background('accent')}${colour('accent-ink')}">${escape(label)}</a></p>`

/** Addresses of ours become links. Those in a name that somebody chose stay text. */
function withLinks(text: string, tone: Colour, origin: string): string {
  return escape(text).replace(/https?:\/\/[^\s<>"]+/g, (url) =>
    url === origin || url.startsWith(`${origin}/`)
      ? `<a href="${url}" class="${tone}" style="${colour(tone)}">${url}</a>`
      : url,
  )
}

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
