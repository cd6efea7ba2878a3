/** Joins class names; what is false, null or undefined is left out. */
export function classes(...names: Array<string | false | null | undefined>) {
  return names.filter(Boolean).join(' ')
}
