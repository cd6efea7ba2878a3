import type { RunProxy } from './proxies'

/**
 * Each line of a printed configuration that must stay as it is, and what somebody may make of it. The
 * proxy takes the result, so that nothing but a look at what arrives can tell.
 */
export const BROKEN_LINES: Record<
  RunProxy,
  ReadonlyArray<readonly [line: RegExp, broken: string]>
> = {
  nginx: [
    [/^ {2}auth_request \/\.latchkey\/question;$/m, ''],
    [/^ {2}proxy_set_header Host wiki\..*$/m, '  proxy_set_header Host $proxy_host;'],
    [/^ {2}proxy_set_header Remote-User .*$/m, ''],
    [/^ {2}proxy_set_header Remote-Groups .*$/m, ''],
    [/^ {2}proxy_set_header X-Latchkey-Assertion .*$/m, ''],
    [/(?<=auth-request\/)wiki/, 'other'],
    [/(X-Original-URL \w+:\/\/)[^$]+/, '$1evil.example'],
    [/(X-Original-URL )\w+/, '$1ftp'],
    [/^ {4}proxy_set_header X-Original-Method .*$/m, ''],
    [/^ {4}proxy_set_header X-Original-URL .*$/m, ''],
    [/(X-Original-URL.*\n {4}proxy_set_header X-Forwarded-For) .*/, '$1 "";'],
    [/(X-Original-URL.*\n {4}proxy_set_header X-Forwarded-For) .*/, '$1 $http_x_forwarded_for;'],
    [/(location \^~ \/\.latchkey\/ \{[^}]*proxy_set_header Host) .*/, '$1 $proxy_host;'],
    [/(location \^~ \/\.latchkey\/ \{[^}]*X-Forwarded-For) .*/, '$1 "";'],
  ],
  caddy: [
    [/^\t\trequest_header -Remote\*$/m, ''],
    [/^\t\trequest_header -\*Latchkey\*$/m, ''],
    [/^\t\trequest_header @plain -Connection$/m, ''],
    [/^\t\trequest_header @websocket Connection Upgrade$/m, ''],
    [/(?<=forward-auth\/)wiki/, 'other'],
    [/(?<=forward-auth\/wiki)\?/, ''],
    [/^\t\t\theader_up X-Forwarded-Host wiki.*$/m, '\t\t\theader_up X-Forwarded-Host evil.example'],
    [/^\t\t\theader_up X-Forwarded-Proto .*$/m, '\t\t\theader_up X-Forwarded-Proto ftp'],
    [/^\t\t\tcopy_headers Remote-User (.*)$/m, '\t\t\tcopy_headers $1'],
    [/(handle \/\.latchkey\/\* \{\n.*\n\t+header_up Host) .*/, '$1 evil.example'],
  ],
}
