import { diffArrays } from 'diff'

/*
 * Compares the file of a proxy with the configuration that is printed for it, line by line. Comments,
 * blank lines and indentation do not count; the order of blocks does not either, while inside of a block
 * the order of lines does: Caddy's `route` and nginx's inheritance go by it.
 */

type Line = { text: string; number: number }

export type Difference = {
  /** In the file: the last line before it that is as printed; 0 when there is none. */
  after: number
  /** The line that opens the part of the printed configuration; empty outside of all. */
  within: string
  /** Of the printed configuration, not in the file. */
  missing: string[]
  /** Of the file, not in the printed configuration. */
  added: string[]
}

/**
 * @returns where the two differ in the blocks that are printed; other blocks of the file are nobody's
 * concern
 */
export function compareConfigurations(printed: string, file: string): Difference[] {
  const theirs = blocksOf(linesOf(file))
  return outermost(linesOf(printed)).flatMap((block) =>
    differences(block, mostAlike(block, theirs)),
  )
}

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .map((line, index) => ({
      text: line
        .replace(/(?:^|\s)#.*/, '')
        .trim()
        .replaceAll(/\s+/g, ' '),
      number: index + 1,
    }))
    .filter(({ text }) => text !== '')

const opens = (text: string) => text.endsWith('{')
const closes = (text: string) => text.startsWith('}')

/** Every block with all that is in it, the whole among them: what is printed may stand inside of another. */
function blocksOf(lines: Line[]): Line[][] {
  const blocks = [lines]
  const open: number[] = []
  lines.forEach((line, index) => {
    if (opens(line.text)) open.push(index)
    const start = closes(line.text) ? open.pop() : undefined
    if (start !== undefined) blocks.push(lines.slice(start, index + 1))
  })
  return blocks
}

/** The blocks side by side; lines outside of all, as those of Traefik, are one. */
function outermost(lines: Line[]): Line[][] {
  const blocks: Line[][] = []
  let depth = 0
  for (const line of lines) {
    const last = blocks.at(-1)
    if (last && (depth > 0 || !opens(line.text))) last.push(line)
    else blocks.push([line])
    if (opens(line.text)) depth += 1
    if (closes(line.text)) depth -= 1
  }
  return blocks
}

function mostAlike(block: Line[], others: Line[][]): Line[] {
  const likeness = (other: Line[]) => (2 * inCommon(block, other)) / (block.length + other.length)
  let best: Line[] = []
  let most = 0
  for (const other of others) {
    // Not even with every line of the shorter one.
    const bound = (2 * Math.min(block.length, other.length)) / (block.length + other.length)
    const value = bound > most ? likeness(other) : 0
    if (value > most) [best, most] = [other, value]
  }
  return best
}

const changesTo = (ours: Line[], theirs: Line[]) =>
  diffArrays(
    ours.map(({ text }) => text),
    theirs.map(({ text }) => text),
  )

function inCommon(ours: Line[], theirs: Line[]): number {
  const common = changesTo(ours, theirs).filter(({ added, removed }) => !added && !removed)
  return common.reduce((sum, { count }) => sum + count, 0)
}

function differences(ours: Line[], theirs: Line[]): Difference[] {
  const found: Difference[] = []
  const openers: string[] = []
  let current: Difference | undefined
  let [place, after] = [0, 0]
  const here = () => {
    if (!current)
      found.push((current = { after, within: openers.at(-1) ?? '', missing: [], added: [] }))
    return current
  }
  for (const { added, removed, value } of changesTo(ours, theirs)) {
    if (added) {
      here().added.push(...value)
      place += value.length
      continue
    }
    if (removed) here().missing.push(...value)
    else {
      current = undefined
      place += value.length
      after = theirs[place - 1]!.number
    }
    for (const text of value) {
      if (opens(text)) openers.push(text)
      if (closes(text)) openers.pop()
    }
  }
  return found
}
