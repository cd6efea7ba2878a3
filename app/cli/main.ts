/** The operator's command line. */
export async function runCli(argv: readonly string[]): Promise<number> {
  console.error(`There is no command ${argv[0] ?? ''}.`)
  return 2
}
