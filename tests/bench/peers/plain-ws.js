// The least that a server of WebSockets can be: ws as its README begins.
import process from 'node:process'
// The one of the repository itself.
import { WebSocketServer } from 'ws'

const server = new WebSocketServer({ port: Number(process.env.PORT), host: '127.0.0.1' })
server.on('connection', (socket) => socket.on('error', console.error))
server.on('listening', () => console.log('ready'))
