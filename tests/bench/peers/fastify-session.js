// @fastify/session as its README sets it up, in memory. GET /sign-in starts a session.
import process from 'node:process'
import cookie from '@fastify/cookie'
import session from '@fastify/session'
import Fastify from 'fastify'

const app = Fastify()
app.register(cookie)
app.register(session, {
  secret: 'a secret with a minimum length of 32 characters',
  cookie: { secure: false },
})

app.get('/sign-in', (request) => {
  request.session.set('user', {
    id: 'u1',
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    role: 'user',
  })
  return { ok: true }
})

app.get('/session', (request, reply) => {
  const user = request.session.get('user')
  if (!user) return reply.code(401).send({ error: 'unauthorized' })
  return { user, session: { id: request.session.sessionId } }
})

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
console.log('ready')
