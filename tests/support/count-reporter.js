import { writeFileSync } from 'node:fs'

/** @typedef {{ passed: number, failed: number }} Count */

/** Writes how many tests passed and failed in each project of vitest, as JSON, for tests/run.js. */
export default class CountReporter {
  /** @param {ReadonlyArray<import('vitest/node').TestModule>} modules */
  onTestRunEnd(modules) {
    /** @type {Record<string, Count>} */
    const counts = {}
    for (const { project, children } of modules) {
      const count = (counts[project.name] ??= { passed: 0, failed: 0 })
      for (const test of children.allTests()) {
        const { state } = test.result()
        if (state === 'passed' || state === 'failed') count[state] += 1
      }
    }
    writeFileSync(process.env.COUNTS_FILE ?? '', JSON.stringify(counts))
  }
}
