/**
 * Guards a memory of rows against a fill that read its row before a change and stores it after:
 * every change raises the epoch, and a fill that comes from an older one is to be dropped.
 */
export type Epoch = {
  /** To be called at every change, before or with the forgetting. */
  raise(): void
  /** To be called before the row is read; what it returns then says whether nothing changed since. */
  begin(): () => boolean
}

export function createEpoch(): Epoch {
  let epoch = 0
  return {
    raise() {
      epoch += 1
    },
    begin() {
      const epochBefore = epoch
      return () => epochBefore === epoch
    },
  }
}
