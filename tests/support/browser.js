import { accessSync, constants, existsSync } from 'node:fs'
import path from 'node:path'
import { Failure, packageScript, runStep } from '../../app/server/prepare/run.js'

const APT = '/usr/bin/apt-get'
const LEAN = ['--no-install-recommends']
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

/** The path of a Chromium that the system has, for Playwright's `executablePath`. */
export function systemChromium() {
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  const candidates = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)))
  return candidates.find(isExecutable)
}

/**
 * Sees to it that the browser tests have a browser: the system's, Playwright's own, or Debian's
 * package where Playwright's cannot be fetched.
 */
export async function prepareBrowser() {
  if (systemChromium() || (await hasPlaywrightsOwn())) return
  const mayInstall = process.getuid?.() === 0 && isExecutable(APT)
  try {
    await playwright('Downloading a browser for the tests…', 'install', 'chromium')
    if (!mayInstall) return
    await playwright('Installing what the browser needs…', 'install-deps', 'chromium')
  } catch (error) {
    if (!mayInstall || !(error instanceof Failure)) throw error
    await apt("That did not work; looking for the system's Chromium…", 'update')
    await apt('Installing Chromium for the tests…', 'install', '-y', ...LEAN, 'chromium')
  }
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
