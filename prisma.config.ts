import { defineConfig } from 'prisma/config'

// `generate` does not use the schema engine but looks for it, and fails where it cannot be
// downloaded. Any executable satisfies the look.
if (process.argv.includes('generate')) {
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath
}

const url = process.env.DATABASE_URL ?? 'file:./data/latchkey.db'
const provider = url.startsWith('file:') ? 'sqlite' : 'postgres'

export default defineConfig({
  schema: `prisma/${provider}`,
  migrations: { path: `prisma/${provider}/migrations` },
  datasource: { url },
})
