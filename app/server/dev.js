// `npm run dev`: pages change in the open browser, and a change of anything else under app/ starts
// the server anew (prepare/commands.js does, at exit code 75).
import { createServer as createHttpServer } from 'node:http'
import path from 'node:path'
import { createServer as createVite } from 'vite'

const RESTART = 75
const PAGES = /^app\/(?:routes|ui|root\.tsx|entry\.)|\.test\.|^app\/database\/generated\//
const SERVER = /^(?:app|prisma)\/|^\.env$|^[^/]+\.config\.[jt]s$/

const httpServer = createHttpServer()
const vite = await createVite({
  appType: 'custom',
  server: { middlewareMode: true, hmr: { server: httpServer } },
})

vite.watcher.on('all', (_, file) => {
  const name = path.relative(process.cwd(), file).replaceAll(path.sep, '/')
  if (PAGES.test(name) || !SERVER.test(name)) return
  console.error(`${name} changed; starting anew.`)
  process.exit(RESTART)
})

const { startServer } = /** @type {typeof import('./main')} */ (
  await vite.ssrLoadModule('/app/server/main.ts')
)
// It has said why; the watcher must not keep the process alive.
if (!(await startServer({ development: { vite, httpServer } }))) process.exit()
