import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What stands between a node and PostgreSQL in tests that make the way between them fail, or count. */
export type TcpProxy = {
  port: number
  /** How many connections were opened to it. */
  opened(): number
  /** Lets nothing more through, in either direction, and says nothing about it; new connections too. */
  stallAll(): void
  /** The same for the connection on which it will next begin to listen, from that on. */
  stallNextListening(): void
  /** The same for the connection on which the node hears of endings. */
  stallListening(): void
  /** Lets queries through, and holds back what PostgreSQL answers to them; notices arrive. */
  stallAnswers(): void
  /** From now on each piece takes so long, in milliseconds. */
  delay(milliseconds: number): void
  /** Lets everything through again, in its order, what was held back first. */
  heal(): void
  /** Cuts every connection, and refuses new ones until `heal`. */
  cut(): void
  /**
   * Lets the next COMMIT of any connection through and cuts that connection before its answer, once.
   * Resolves when that has happened.
   */
  loseAnswerToCommit(): Promise<void>
  /**
   * Cuts the next connection that says these words, before PostgreSQL hears them, once. Resolves when
   * that has happened.
   */
  cutAt(words: string): Promise<void>
  close(): Promise<void>
}

type Piece = { to: Socket; chunk: Buffer }
type Pair = {
  client: Socket
  server: Socket
  isListening: boolean
  isStalled: boolean
  isLost: boolean
  areAnswersStalled: boolean
  held: Piece[]
  /** What is delayed goes out one after the other, whatever the delay was at the time. */
  delayed: number
  lastSent: Promise<void>
}

/** Starts one on a port of its own, before PostgreSQL on another. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const pairs = new Set<Pair>()
  let opened = 0
  let isStalled = false
  let isCut = false
  let pause = 0
  let stallNext = false
  let commitLost: (() => void) | undefined
  let cutting: { words: string; done: () => void } | undefined

  const server = createServer((client) => {
    opened += 1
    if (isCut) return client.destroy()
    const pair = {
      client,
      server: createConnection(target, '127.0.0.1'),
      isListening: false,
      isStalled: false,
      isLost: false,
      areAnswersStalled: false,
      held: [],
      delayed: 0,
      lastSent: Promise.resolve(),
    }
    pairs.add(pair)
    carry(pair, client, pair.server)
    carry(pair, pair.server, client)
  })

  function carry(pair: Pair, from: Socket, to: Socket) {
    from.on('data', (chunk: Buffer) => {
      if (from === pair.client) look(pair, chunk)
      const isAnswer = pair.areAnswersStalled && to === pair.client
      if (isStalled || pair.isStalled || isAnswer) pair.held.push({ to, chunk })
      else send(pair, to, chunk)
    })
    from.on('error', () => lost(pair))
    from.on('close', () => lost(pair))
  }

  function look(pair: Pair, chunk: Buffer) {
    if (chunk.includes('LISTEN latchkey')) {
      pair.isListening = true
      if (stallNext) pair.isStalled = true
      stallNext = false
    }
    if (cutting && chunk.includes(cutting.words)) {
      end(pair)
      cutting.done()
      cutting = undefined
    }
    if (!commitLost || !chunk.includes('; COMMIT')) return
    const tell = commitLost
    commitLost = undefined
    // Whatever the server answers now is the answer to it.
    pair.server.removeAllListeners('data')
    pair.server.once('data', () => {
      end(pair)
      tell()
    })
  }

  function send(pair: Pair, to: Socket, chunk: Buffer) {
    if (pause === 0 && pair.delayed === 0) return void to.write(chunk)
    const due = performance.now() + pause
    pair.delayed += 1
    pair.lastSent = pair.lastSent
      .then(() => sleep(due - performance.now()))
      .then(() => {
        pair.delayed -= 1
        to.write(chunk)
      })
  }

  /** Whoever hears nothing does not hear either that the other end is gone. */
  function lost(pair: Pair) {
    if (isStalled || pair.isStalled) pair.isLost = true
    else end(pair)
  }

  function end(pair: Pair) {
    pairs.delete(pair)
    pair.client.destroy()
    pair.server.destroy()
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    opened: () => opened,
    stallAll: () => (isStalled = true),
    stallNextListening: () => (stallNext = true),
    stallListening() {
      for (const pair of pairs) pair.isStalled ||= pair.isListening
    },
    stallAnswers() {
      for (const pair of pairs) pair.areAnswersStalled ||= !pair.isListening
    },
    delay: (milliseconds) => (pause = milliseconds),
    heal() {
      isStalled = false
      isCut = false
      pause = 0
      for (const pair of pairs) {
        pair.isStalled = false
        pair.areAnswersStalled = false
        for (const { to, chunk } of pair.held.splice(0)) if (to.writable) send(pair, to, chunk)
        if (pair.isLost) end(pair)
      }
    },
    cut() {
      isCut = true
      for (const pair of pairs) end(pair)
    },
    loseAnswerToCommit: () => new Promise((resolve) => (commitLost = resolve)),
    cutAt: (words) => new Promise((done) => (cutting = { words, done })),
    async close() {
      for (const pair of pairs) end(pair)
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
