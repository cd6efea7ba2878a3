import { fileURLToPath } from 'node:url'
import { vitePlugin as remix } from '@remix-run/dev'
import tailwindcss from '@tailwindcss/vite'
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
const SMALLEST_CHUNK = 30_000

/** What the browser gets, and Remix's server build (`remix vite:build`; in development, both). */
export default defineConfig(({ command, isSsrBuild }) => ({
  plugins: [
    tailwindcss(),
    remix({ ...remixOptions, buildDirectory }),
    precompress(`${buildDirectory}/client`),
  ],
  resolve: { alias: { '~': fileURLToPath(new URL('app', import.meta.url)) } },
  ...(command === 'build' && isSsrBuild && QUICK_TO_START),
  build: {
    target: 'es2022',
    // The content security policy allows files of our own and no data: URLs.
    assetsInlineLimit: 0,
    // Dozens of pieces of a kilobyte each would take longer to ask for than to send.
    ...(!isSsrBuild && {
      rollupOptions: { output: { experimentalMinChunkSize: SMALLEST_CHUNK } },
    }),
  },
  server: {
    // Written while the server runs; watching them would cost a wake-up at every write.
    watch: { ignored: ['**/build/**', '**/build.*/**', '**/data/**', '**/test-results/**'] },
  },
}))
