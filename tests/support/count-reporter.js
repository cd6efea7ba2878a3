import { writeFileSync } from 'node:fs'

/** @typedef {{ passed: number, failed: number, failures: string[] }} Count */
/** @typedef {import('vitest/node').TestModule} TestModule */
/** @typedef {import('vitest').SerializedError} SerializedError */

/**
 * Writes how many tests passed and failed in each project of vitest, and which failed, as JSON, for
 * tests/run.js.
 */
export default class CountReporter {
  /** @param {ReadonlyArray<TestModule>} modules @param {ReadonlyArray<SerializedError>} unhandled */
  onTestRunEnd(modules, unhandled) {
    /** @type {Record<string, Count>} */
    const counts = {}
    /** @param {string} project */
    const countOf = (project) => (counts[project] ??= { passed: 0, failed: 0, failures: [] })
    for (const file of modules) {
      const count = countOf(file.project.name)
      const place = `${file.project.name} › ${file.relativeModuleId}`
      count.failures.push(...file.errors().map((error) => failure(place, error)))
      for (const test of file.children.allTests()) {
        const { state, errors } = test.result()
        if (state === 'passed' || state === 'failed') count[state] += 1
        if (state === 'failed')
          count.failures.push(failure(`${place} › ${test.fullName}`, errors[0]))
      }
    }
    for (const error of unhandled) countOf('').failures.push(failure('outside any test', error))
    writeFileSync(process.env.COUNTS_FILE ?? '', JSON.stringify(counts))
  }
}

/** @param {string} name @param {{ message?: string } | undefined} error */
function failure(name, error) {
  return `${name}\n    ${error?.message?.split('\n', 1)[0] ?? ''}`
}
