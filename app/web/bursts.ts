import { Transform, type TransformCallback } from 'node:stream'

/**
 * Passes on what React writes in one go as one piece. React cuts it into pieces of 2 KB, and each of
 * them costs on its way to the client, most of all where it is compressed.
 */
export class Bursts extends Transform {
  #pieces: Uint8Array[] = []

  /** Called by React when that is all for the moment. */
  flush() {
    if (this.#pieces.length === 0) return
    this.push(Buffer.concat(this.#pieces))
    this.#pieces = []
  }

  override _transform(piece: Uint8Array, _: BufferEncoding, done: TransformCallback) {
    this.#pieces.push(piece)
    done()
  }

  override _flush(done: TransformCallback) {
    this.flush()
    done()
  }
}
