import { builtinModules } from 'node:module'
import js from '@eslint/js'
// @ts-expect-error The plugin ships no types.
import jsxA11y from 'eslint-plugin-jsx-a11y'
import reactHooks from 'eslint-plugin-react-hooks'
import { defineConfig } from 'eslint/config'
import globals from 'globals'
import tseslint from 'typescript-eslint'

const LONGEST_FILE = 250

/**
 * One of our own modules, by `~/` or by a relative path. `rest` is matched from the folder below
 * app/ on.
 *
 * @param {string} rest
 */
const ours = (rest) => `^(?:~|\\.\\.?(?:/\\.\\.)*)/${rest}`

/** @param {string[]} folders */
const nothingOf = (...folders) => ({
  regex: ours(`(?:${folders.join('|')})(?:/|$)`),
  message: 'This folder may not import that one: see "How it is laid out" in the README.',
})

/** Names of time spans and the text of addresses hold no rules; everybody may use them. */
const typesOfAccounts = {
  regex: ours('accounts/(?!(?:time|addresses)$)'),
  allowTypeImports: true,
  message: 'Only types of accounts here. What accounts can do arrives as context.services.',
}

/** What every row begins with is no rule either. */
const typesOfAccountsAndIds = {
  ...typesOfAccounts,
  regex: ours('accounts/(?!(?:time|addresses|row-id)$)'),
}

const typesOfAccountsAndSchemas = {
  ...typesOfAccounts,
  regex: ours('accounts/(?!time$|(?:.*/)?(?:schemas|policy)$)'),
  message: 'Only types, schemas and policy of accounts here. The rest is context.services.',
}

const typesOfApplicationsAndSchemas = {
  regex: ours('applications/(?!schemas$)'),
  allowTypeImports: true,
  message: 'Only types and schemas of applications here. The rest is context.services.',
}

const typesOfDatabaseAndErrors = {
  regex: ours('database/(?!errors$)'),
  allowTypeImports: true,
  message: 'The database arrives as an argument; only its types and its errors are imported.',
}

const noWebFrameworks = {
  regex: '^(?:@remix-run/|react(?:-dom)?(?:/|$))',
  message: 'The rules of accounts know neither Remix nor React.',
}

const nothingOfNode = {
  regex: `^(?:node:|(?:${builtinModules.join('|')})$)`,
  message: 'This file reaches the browser, which has no Node.',
}

const noServerPackages = {
  regex:
    '^(?:@prisma|@simplewebauthn/server|@zxcvbn-ts|bcryptjs|better-sqlite3|nodemailer|otpauth|pino|piscina|sirv|ws)(?:/|$)',
  allowTypeImports: true,
  message: 'This file reaches the browser, which must not carry a server package.',
}

const browserOnly = [nothingOfNode, noServerPackages]

/** The driver says in a sentence what would be a segmentation fault in an old Node. */
const sqliteByItsDriver = {
  regex: '^(?:@prisma/adapter-)?better-sqlite3$',
  allowTypeImports: true,
  message: 'Import it from app/database/sqlite/driver.js.',
}

const forRoutes = [
  nothingOf('database', 'server', 'cli'),
  {
    ...nothingOf('live'),
    regex: ours('live/(?!(?:use-live-session|use-background-refresh|background-requests)$)'),
  },
  typesOfAccountsAndSchemas,
  typesOfApplicationsAndSchemas,
]

/** The name of the header by which a page marks requests of its own is known to both ends. */
const forLive = [
  nothingOf('routes', 'ui', 'database', 'server', 'cli'),
  { ...nothingOf('web'), regex: ours('web/(?!background$)') },
  typesOfAccounts,
]

/** Who may import whom: for each folder of app/, what is refused. */
const borders = {
  'app/{root,entry.client}.tsx': [...forRoutes, ...browserOnly],
  'app/routes/**': [...forRoutes, ...browserOnly],
  'app/entry.server.tsx': forRoutes,
  'app/ui/**': [
    nothingOf('routes', 'web', 'accounts', 'applications', 'database', 'live', 'server', 'cli'),
    ...browserOnly,
  ],
  'app/web/**': [
    nothingOf('routes', 'ui', 'cli'),
    typesOfAccounts,
    typesOfApplicationsAndSchemas,
    { ...nothingOf('live'), allowTypeImports: true },
    {
      ...nothingOf('server'),
      regex: ours('server/(?!services$)'),
    },
    {
      regex: ours('server/services$'),
      allowTypeImports: true,
      message: 'Only the type of the services here: they arrive as context.services.',
    },
    { ...nothingOf('database'), regex: ours('database/(?!errors$)') },
  ],
  'app/accounts/**': [
    nothingOf('routes', 'ui', 'web', 'live', 'server', 'cli', 'nodes', 'applications'),
    typesOfDatabaseAndErrors,
    noWebFrameworks,
  ],
  'app/applications/**': [
    nothingOf('routes', 'ui', 'web', 'live', 'server', 'cli', 'nodes'),
    typesOfDatabaseAndErrors,
    noWebFrameworks,
  ],
  'app/database/**': [
    nothingOf('routes', 'ui', 'web', 'live', 'server', 'cli', 'nodes', 'applications'),
    {
      ...typesOfAccounts,
      allowTypeImports: false,
      message: 'The database knows nothing of the rules.',
    },
  ],
  'app/nodes/**': [
    nothingOf('routes', 'ui', 'web', 'live', 'server', 'cli'),
    typesOfAccounts,
    typesOfDatabaseAndErrors,
  ],
  'app/mail/**': [
    nothingOf('routes', 'ui', 'web', 'live', 'nodes', 'applications', 'server', 'cli'),
    typesOfAccountsAndIds,
    typesOfDatabaseAndErrors,
    noWebFrameworks,
  ],
  'app/live/**': forLive,
  'app/live/{use-live-session,use-background-refresh,live-connection,background-requests,messages}.ts':
    [...forLive, ...browserOnly],
  'app/server/**': [nothingOf('routes', 'ui', 'cli')],
  'app/cli/**': [
    nothingOf('routes', 'ui', 'live'),
    { ...nothingOf('web'), regex: ours('web/(?!(?:origin|same-database)$)') },
    { ...nothingOf('server'), regex: ours('server/(?!(?:services|env|examine-settings)$)') },
    typesOfAccountsAndSchemas,
    typesOfApplicationsAndSchemas,
    {
      ...typesOfDatabaseAndErrors,
      regex: ours('database/(?!(?:errors|open|examine|findings)$)'),
    },
  ],
}

const environmentOfNode = {
  name: 'node:process',
  importNames: ['env'],
  message: 'The environment is read in app/server/env.ts.',
}

/** @type {unknown} */
const untyped = jsxA11y
const { flatConfigs } =
  /** @type {{ flatConfigs: { recommended: import('eslint').Linter.Config } }} */ (untyped)

export default defineConfig(
  {
    ignores: [
      '.node/**',
      '.postgres/**',
      'build/**',
      'build.*/**',
      'data/**',
      'test-results/**',
      'app/database/generated/**',
      'tests/bench/peers/**',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      globals: { ...globals.node, ...globals.browser },
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      // React takes a handler that answers a promise, and its type says that it answers nothing.
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { attributes: false } },
      ],
      // Remix takes a thrown Response, and what its redirect() and data() make, as the answer.
      '@typescript-eslint/only-throw-error': [
        'error',
        {
          allow: [
            { from: 'lib', name: 'Response' },
            { from: 'package', package: '@remix-run/server-runtime', name: 'TypedResponse' },
            { from: 'package', package: '@remix-run/router', name: 'DataWithResponseInit' },
          ],
        },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
  {
    // What a promise is expected of is often at hand in a test.
    files: ['**/*.test.*', 'tests/**'],
    rules: { '@typescript-eslint/require-await': 'off' },
  },
  {
    files: ['app/**/*.tsx', 'app/**/use-*.ts'],
    ...flatConfigs.recommended,
  },
  {
    files: ['app/**/*.tsx', 'app/**/use-*.ts'],
    ...reactHooks.configs.flat.recommended,
  },
  {
    files: ['app/**'],
    rules: {
      'max-lines': ['error', LONGEST_FILE],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: environmentOfNode.message },
      ],
    },
  },
  {
    ignores: ['app/database/sqlite/driver.js'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [sqliteByItsDriver] }],
    },
  },
  ...Object.entries(borders).map(([files, patterns]) => border(files, patterns)),
  {
    // The one reader of the environment, and the scripts that run before there is a build.
    files: [
      'app/server/env.ts',
      'app/server/{prepare,dev}*.js',
      'app/server/prepare/**/*.js',
      '**/*.test.*',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
)

/**
 * @param {string} files
 * @param {Array<{ regex: string, message: string, allowTypeImports?: boolean }>} patterns
 * @returns {import('eslint').Linter.Config}
 */
function border(files, patterns) {
  return {
    files: [files],
    ignores: ['**/*.test.*', 'app/database/sqlite/driver.js'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: [environmentOfNode], patterns: [...patterns, sqliteByItsDriver] },
      ],
      // The rule above does not see import().
      'no-restricted-syntax': [
        'error',
        ...patterns.map(({ regex, message }) => ({
          // Esquery's regular expressions cannot hold a slash.
          selector: `ImportExpression > Literal[value=/${regex.replaceAll('/', '\\u002F')}/]`,
          message,
        })),
      ],
    },
  }
}
