import { fileURLToPath } from 'node:url'
import { vitePlugin as remix } from '@remix-run/dev'
import tailwindcss from '@tailwindcss/vite'
import type { GetManualChunk, GetModuleInfo } from 'rollup'
import { defineConfig } from 'vite'
import { precompress } from './app/server/prepare/precompress.js'
import remixOptions from './remix.config.js'

// prepare/steps.js builds beside the folder that is being served.
const buildDirectory = process.env.BUILD_FOLDER ?? 'build'

/**
 * Packages are built into Remix's server build, without what only development needs: to look up and
 * read hundreds of their files took most of the time that a start takes.
 */
const QUICK_TO_START = {
  ssr: { noExternal: true },
  define: { 'process.env.NODE_ENV': '"production"' },
} as const

/** In bytes, before it is compressed. */
const SMALLEST_CHUNK = 1_500

const APP = fileURLToPath(new URL('app', import.meta.url))

/** Also what the bundler adds, which begins with NUL: every other piece may need that. */
const FRAMEWORK =
  /^\0|\/node_modules\/(react|react-dom|scheduler|react-router|react-router-dom|turbo-stream|@remix-run)\//

/**
 * The piece that a module of the pages goes into, where Rollup would choose poorly: it would put what
 * every page needs together with what one page does.
 */
const pieceOf: GetManualChunk = (id, { getModuleInfo }) => {
  if (id.includes('/@simplewebauthn/browser/')) return 'passkeys'
  if (FRAMEWORK.test(id)) return 'framework'
  for (const [piece, pages] of Object.entries(NEEDED_BY)) {
    if (pages.some((page) => neededBy(`${APP}/${page}`, getModuleInfo).has(id))) return piece
  }
  return id.includes(ICONS) ? 'icons' : undefined
}

const ICONS = '/lucide-react/'

/** Nearly every page needs what these need; and nearly every one after the sign-in, what the profile does. */
const NEEDED_BY = { ui: ['root.tsx', 'routes/login.tsx'], account: ['routes/profile.tsx'] }

/** Our own modules and icons that one imports, and those that they import, without what is loaded later. */
function neededBy(
  id: string,
  getModuleInfo: GetModuleInfo,
  found: Set<string> = new Set(),
): Set<string> {
  for (const imported of getModuleInfo(id)?.importedIds ?? []) {
    const isOurs = imported.startsWith(APP) || imported.includes(ICONS)
    if (!isOurs || found.has(imported)) continue
    neededBy(imported, getModuleInfo, found.add(imported))
  }
  return found
}

/** What the browser gets, and Remix's server build (`remix vite:build`; in development, both). */
export default defineConfig(({ command, isSsrBuild }) => ({
  plugins: [
    tailwindcss(),
    remix({ ...remixOptions, buildDirectory }),
    precompress(`${buildDirectory}/client`),
  ],
  resolve: { alias: { '~': APP } },
  ...(command === 'build' && isSsrBuild && QUICK_TO_START),
  build: {
    target: 'es2022',
    // The content security policy allows files of our own and no data: URLs.
    assetsInlineLimit: 0,
    // Dozens of pieces of a kilobyte each would take longer to ask for than to send.
    ...(!isSsrBuild && {
      // A twentieth smaller than what esbuild makes of it.
      minify: 'terser' as const,
      // What licences ask to be kept stands in node_modules, beside what is built.
      terserOptions: { ecma: 2020, compress: { passes: 3 }, format: { comments: false } },
      rollupOptions: {
        output: {
          experimentalMinChunkSize: SMALLEST_CHUNK,
          manualChunks: pieceOf,
          onlyExplicitManualChunks: true,
        },
      },
    }),
  },
  server: {
    // Written while the server runs; watching them would cost a wake-up at every write.
    watch: { ignored: ['**/build/**', '**/build.*/**', '**/data/**', '**/test-results/**'] },
  },
}))
