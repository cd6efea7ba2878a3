/**
 * Waits until a condition holds: the way in which tests wait for anything.
 *
 * @throws Error when it does not hold in time (milliseconds)
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeout = 30_000, interval = 20 } = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeout
  for (;;) {
    const value = await condition()
    if (value) return value
    if (performance.now() > deadline) throw new Error(`It did not come true: ${String(condition)}`)
    await new Promise((resolve) => setTimeout(resolve, interval))
  }
}
