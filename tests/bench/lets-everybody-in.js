// The least that a server can be: it answers everything with 200 and nothing else. Asked by a proxy
// as Latchkey would be, it shows what the asking alone costs.
import { createServer } from 'node:http'
import process from 'node:process'

createServer((_, response) => response.writeHead(200, { 'Content-Length': '0' }).end()).listen(
  Number(process.env.PORT),
  '127.0.0.1',
  () => console.log('ready'),
)
