import { accessSync, constants, existsSync } from 'node:fs'
import path from 'node:path'
import { packageScript, runStep } from './step.js'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

/** The path of a Chromium that the system has, for Playwright's `executablePath`. */
export function systemChromium() {
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  const candidates = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)))
  return candidates.find(isExecutable)
}

/**
 * Sees to it that the browser tests have a browser: the system's, Playwright's own, or Debian's
 * package. Without any of them the tests themselves say so.
 */
export async function prepareBrowser() {
  if (systemChromium() || (await hasPlaywrightsOwn())) return
  const isRoot = process.getuid?.() === 0
  try {
    await runStep('Downloading a browser for the tests…', [
      ...packageScript('playwright/cli.js'),
      ...['install', 'chromium'],
    ])
  } catch (error) {
    if (!isRoot || !existsSync('/usr/bin/apt-get')) throw error
    await runStep("Looking for Debian's Chromium…", ['apt-get', 'update'])
    await runStep('Installing Chromium for the tests…', [
      ...['apt-get', 'install', '-y', '--no-install-recommends', 'chromium'],
    ])
  }
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
