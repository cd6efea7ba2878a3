/** Whether there is a PostgreSQL to run tests on. */
export const POSTGRESQL = true

/**
 * What every test of the rules, of HTTP and of the socket runs on.
 *
 * @typedef {'SQLite' | 'PostgreSQL'} DatabaseName
 * @type {DatabaseName[]}
 */
export const DATABASES = POSTGRESQL ? ['SQLite', 'PostgreSQL'] : ['SQLite']

/** By these names in the environment a test is told what it runs on, and where that is. */
export const DATABASE_OF_TEST = 'LATCHKEY_TEST_DATABASE'
export const POSTGRES_OF_TEST = 'LATCHKEY_TEST_POSTGRES'

/**
 * The project of vitest that runs a part of the tests on a database.
 *
 * @param {string} part
 * @param {DatabaseName} database
 */
export const projectName = (part, database) => `${part} (${database})`
