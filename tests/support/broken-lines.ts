import type { RunProxy } from './proxies'

export type BrokenLine = {
  line: RegExp
  /** What somebody makes of it. */
  broken: string
  /**
   * What "Check the connection" then tells to compare, as it is printed for wiki.example.org; null where
   * no request shows it, so that only the command that compares the file can tell.
   */
  check: string | null
}

const of = (line: RegExp, broken: string, check: string | null): BrokenLine => ({
  line,
  broken,
  check,
})

const ORIGINAL_URL = 'proxy_set_header X-Original-URL https://wiki.example.org$request_uri;'
const VISITOR = 'proxy_set_header X-Forwarded-For $remote_addr;'
const QUESTION_URI = 'uri /api/v1/forward-auth/wiki?'

/**
 * Each line of a printed configuration that must stay as it is, and what somebody may make of it. The
 * proxy takes the result, so that nothing but a look at what arrives, or at the file, can tell.
 */
export const BROKEN_LINES: Record<RunProxy, readonly BrokenLine[]> = {
  nginx: [
    of(/^ {2}auth_request \/\.latchkey\/question;$/m, '', 'auth_request /.latchkey/question;'),
    of(
      /^ {2}auth_request_set \$latchkey_location .*$/m,
      '  auth_request_set $latchkey_location "";',
      'auth_request_set $latchkey_location $upstream_http_x_latchkey_location;',
    ),
    of(/^ {2}proxy_set_header Host wiki\..*$/m, '  proxy_set_header Host $proxy_host;', null),
    of(/^ {2}proxy_set_header Remote-User .*$/m, '', null),
    of(/^ {2}proxy_set_header Remote-Groups .*$/m, '', null),
    of(/^ {2}proxy_set_header X-Latchkey-Assertion .*$/m, '', null),
    of(/(?<=auth-request\/)wiki/, 'other', 'proxy_pass http://latchkey/api/v1/auth-request/wiki;'),
    of(/(X-Original-URL \w+:\/\/)[^$]+/, '$1evil.example', ORIGINAL_URL),
    of(/(X-Original-URL )\w+/, '$1ftp', ORIGINAL_URL),
    of(/(X-Original-URL.*)\$request_uri/, '$1$uri', ORIGINAL_URL),
    of(
      /^ {4}proxy_set_header X-Original-Method .*$/m,
      '',
      'proxy_set_header X-Original-Method $request_method;',
    ),
    of(/^ {4}proxy_set_header X-Original-URL .*$/m, '', ORIGINAL_URL),
    of(/(X-Original-URL.*\n {4}proxy_set_header X-Forwarded-For) .*/, '$1 "";', VISITOR),
    of(
      /(X-Original-URL.*\n {4}proxy_set_header X-Forwarded-For) .*/,
      '$1 $http_x_forwarded_for;',
      VISITOR,
    ),
    of(
      /(auth-request\/wiki;[^}]*)\n {4}proxy_set_header Connection "";/,
      '$1',
      'proxy_set_header Connection "";',
    ),
    of(
      /(location \^~ \/\.latchkey\/ \{[^}]*proxy_set_header Host) .*/,
      '$1 $proxy_host;',
      'proxy_set_header Host wiki.example.org;',
    ),
    of(
      /(location \^~ \/\.latchkey\/ \{[^}]*X-Forwarded-Proto) .*/,
      '$1 ftp;',
      'proxy_set_header X-Forwarded-Proto https;',
    ),
    of(/(location \^~ \/\.latchkey\/ \{[^}]*X-Forwarded-For) .*/, '$1 "";', VISITOR),
  ],
  caddy: [
    of(/^\t\trequest_header -Remote\*$/m, '', null),
    of(/^\t\trequest_header -\*Latchkey\*$/m, '', null),
    of(/^\t\trequest_header @plain -Connection$/m, '', null),
    of(/^\t\trequest_header @websocket Connection Upgrade$/m, '', null),
    of(/(?<=forward-auth\/)wiki/, 'other', QUESTION_URI),
    of(/(?<=forward-auth\/wiki)\?/, '', QUESTION_URI),
    of(
      /^\t\t\theader_up X-Forwarded-Host wiki.*$/m,
      '\t\t\theader_up X-Forwarded-Host evil.example',
      'header_up X-Forwarded-Host wiki.example.org',
    ),
    of(
      /^\t\t\theader_up X-Forwarded-Proto .*$/m,
      '\t\t\theader_up X-Forwarded-Proto ftp',
      'header_up X-Forwarded-Proto https',
    ),
    of(/^\t\t\tcopy_headers Remote-User (.*)$/m, '\t\t\tcopy_headers $1', null),
    of(
      /(handle \/\.latchkey\/\* \{\n.*\n\t+header_up Host) .*/,
      '$1 evil.example',
      'header_up Host wiki.example.org',
    ),
  ],
}
