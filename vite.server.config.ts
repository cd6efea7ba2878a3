import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const from = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/**
 * Compiles the server itself (not Remix's routes) to build/node. Everything lands in that one
 * folder, so that `new URL('./password-worker.js', import.meta.url)` means the same thing here, in
 * development and under vitest.
 */
export default defineConfig(({ command }) => ({
  resolve: { alias: { '~': from('app') } },
  // The files of public/ already went out with the browser's build.
  publicDir: false,
  // As in vite.config.ts, a start is to read few files. Left outside are the native package, and
  // those that read files of their own.
  ...(command === 'build' && {
    ssr: {
      noExternal: true,
      external: ['better-sqlite3', 'piscina', 'pino', 'bcryptjs'],
    },
  }),
  build: {
    ssr: true,
    target: 'node22',
    outDir: 'build/node',
    emptyOutDir: true,
    rollupOptions: {
      input: {
        main: from('app/server/main.ts'),
        'cluster-worker': from('app/server/cluster-worker.ts'),
        cli: from('app/cli/main.ts'),
        'password-worker': from('app/accounts/sign-in/password-worker.js'),
      },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
}))
