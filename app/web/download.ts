/** A file to be saved, which is sent while it is made, as fast as it is read: never whole in memory. */
export function download({
  filename,
  type,
  texts,
}: {
  filename: string
  /** Of text in UTF-8. */
  type: string
  texts: AsyncGenerator<string, void, void>
}): Response {
  return new Response(toStream(texts), {
    headers: {
      'Content-Type': `${type}; charset=utf-8`,
      'Content-Disposition': `attachment; filename="${filename}"`,
    },
  })
}

function toStream(texts: AsyncGenerator<string, void, void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream(
    {
      async pull(controller) {
        const { value, done } = await texts.next()
        if (done) controller.close()
        else controller.enqueue(encoder.encode(value))
      },
      async cancel() {
        await texts.return()
      },
    },
    // Nothing is made before somebody wants it.
    { highWaterMark: 0 },
  )
}
