/** So many slips still make it likely that a setting was meant. */
const SLIPS = 2

/**
 * A sentence for every name that is no setting, with the setting that was probably meant.
 *
 * @param names as a person wrote them
 * @param settings the names there are
 */
export function describeUnknown(names: readonly string[], settings: readonly string[]): string[] {
  return names
    .filter((name) => !settings.includes(name))
    .map((name) => {
      const meant = nearest(name, settings)
      const hint = meant === undefined ? '' : ` Did you mean ${meant}?`
      return `The file .env sets ${name}, which is no setting of Latchkey.${hint}`
    })
}

function nearest(name: string, settings: readonly string[]): string | undefined {
  const [first] = settings
    .map((setting) => ({ setting, slips: slipsBetween(name.toUpperCase(), setting) }))
    .filter(({ slips, setting }) => slips <= Math.min(SLIPS, setting.length / 3))
    .sort((one, other) => one.slips - other.slips)
  return first?.setting
}

/** Levenshtein's distance, with two neighbours in the wrong order as one slip. */
function slipsBetween(typed: string, meant: string): number {
  const rows = [Array.from({ length: meant.length + 1 }, (_, column) => column)]
  for (let row = 1; row <= typed.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= meant.length; column += 1) {
      const isSame = typed[row - 1] === meant[column - 1]
      const isSwapped = typed[row - 1] === meant[column - 2] && typed[row - 2] === meant[column - 1]
      current[column] = Math.min(
        rows[row - 1]![column]! + 1,
        current[column - 1]! + 1,
        rows[row - 1]![column - 1]! + (isSame ? 0 : 1),
        isSwapped && row > 1 && column > 1 ? rows[row - 2]![column - 2]! + 1 : Infinity,
      )
    }
    rows.push(current)
  }
  return rows[typed.length]![meant.length]!
}
