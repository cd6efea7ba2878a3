import { accessSync, constants, existsSync } from 'node:fs'
import path from 'node:path'
import { Failure, packageScript, runStep } from '../../app/server/prepare/run.js'

const APT = '/usr/bin/apt-get'
const INSTALL = ['install', '-y', '--no-install-recommends']
/** Chromium without windows and what a screen needs: the tests take a third to a half of the time in it. */
const WITHOUT_WINDOWS = 'chromium-headless-shell'
const WITH_WINDOWS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

/**
 * The browser of the tests, for Playwright: one that the system has, or else Playwright's own.
 *
 * @returns {{ executablePath?: string }}
 */
export function testBrowser() {
  const executablePath = find([WITHOUT_WINDOWS, ...WITH_WINDOWS])
  return executablePath === undefined ? {} : { executablePath }
}

/**
 * One that keeps to the settings that its owner made, as the one without windows does not.
 *
 * @returns {{ executablePath: string } | { channel: string }}
 */
export function browserWithSettings() {
  const executablePath = find(WITH_WINDOWS)
  return executablePath === undefined ? { channel: 'chromium' } : { executablePath }
}

/**
 * Sees to it that the browser tests have a browser: the system's, Playwright's own, or Debian's
 * packages where Playwright's cannot be fetched.
 */
export async function prepareBrowser() {
  if (find(WITH_WINDOWS) || (await hasPlaywrightsOwn())) return
  const mayInstall = process.getuid?.() === 0 && isExecutable(APT)
  try {
    await playwright('Downloading a browser for the tests…', 'install', 'chromium')
    if (!mayInstall) return
    await playwright('Installing what the browser needs…', 'install-deps', 'chromium')
  } catch (error) {
    if (!mayInstall || !(error instanceof Failure)) throw error
    await apt("That did not work; looking for the system's Chromium…", 'update')
    await apt('Installing Chromium for the tests…', ...INSTALL, 'chromium')
    // Not every system has this package, and the tests can do without it.
    await apt('Installing a quicker one…', ...INSTALL, WITHOUT_WINDOWS).catch(ignoreFailure)
  }
}

/** @param {unknown} error */
function ignoreFailure(error) {
  if (!(error instanceof Failure)) throw error
}

/** @param {string[]} names @returns {string | undefined} the path of the first one that there is */
function find(names) {
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  const candidates = names.flatMap((name) => folders.map((folder) => path.join(folder, name)))
  return candidates.find(isExecutable)
}

/**
 * @param {string} title
 * @param {string[]} args
 */
function playwright(title, ...args) {
  return runStep(title, [...packageScript('playwright/cli.js'), ...args])
}

/**
 * @param {string} title
 * @param {string[]} args
 */
function apt(title, ...args) {
  return runStep(title, [APT, ...args], { DEBIAN_FRONTEND: 'noninteractive' })
}

async function hasPlaywrightsOwn() {
  const { chromium } = await import('playwright')
  return existsSync(chromium.executablePath())
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
