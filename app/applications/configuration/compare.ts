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

const opens = ({ text }: Line) => text.endsWith('{')
const closes = ({ text }: Line) => text.startsWith('}')

/** Every block with all that is in it, the whole among them: what is printed may stand inside of another. */
function blocksOf(lines: Line[]): Line[][] {
  const blocks = [lines]
  const open: number[] = []
  lines.forEach((line, index) => {
    if (opens(line)) open.push(index)
    const start = closes(line) ? open.pop() : undefined
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
    if (last && (depth > 0 || !opens(line))) last.push(line)
    else blocks.push([line])
    if (opens(line)) depth += 1
    if (closes(line)) depth -= 1
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

const inCommon = (ours: Line[], theirs: Line[]) => commonLengths(ours, theirs)[0]![0]!

/** Of what follows each pair of places, how many lines are the same in the same order. */
function commonLengths(ours: Line[], theirs: Line[]): Uint32Array[] {
  const table = Array.from({ length: ours.length + 1 }, () => new Uint32Array(theirs.length + 1))
  for (let i = ours.length - 1; i >= 0; i -= 1) {
    for (let j = theirs.length - 1; j >= 0; j -= 1) {
      table[i]![j] =
        ours[i]!.text === theirs[j]!.text
          ? table[i + 1]![j + 1]! + 1
          : Math.max(table[i + 1]![j]!, table[i]![j + 1]!)
    }
  }
  return table
}

function differences(ours: Line[], theirs: Line[]): Difference[] {
  const table = commonLengths(ours, theirs)
  const found: Difference[] = []
  const openers: string[] = []
  let current: Difference | undefined
  let [i, j, after] = [0, 0, 0]
  const here = () => {
    if (!current)
      found.push((current = { after, within: openers.at(-1) ?? '', missing: [], added: [] }))
    return current
  }
  while (i < ours.length || j < theirs.length) {
    const [our, their] = [ours[i], theirs[j]]
    const isCommon = our !== undefined && our.text === their?.text
    if (isCommon) {
      current = undefined
      after = their.number
      j += 1
    } else if (!our || (their && table[i]![j + 1]! > table[i + 1]![j]!)) {
      here().added.push(their!.text)
      j += 1
      continue
    } else here().missing.push(our.text)
    if (opens(our)) openers.push(our.text)
    if (closes(our)) openers.pop()
    i += 1
  }
  return found
}
