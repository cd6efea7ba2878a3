import type { Page } from '@playwright/test'
import type { Visitor } from './visitor'

export const press = (name: string | RegExp) => async (page: Page) => {
  await page.getByRole('main').getByRole('button', { name }).first().click()
}

/** Answers the question, where there is one: a picture of this was taken before. */
export const pressTwice = (name: string | RegExp) => async (page: Page) => {
  await press(name)(page)
  const sure = page.getByRole('main').getByRole('button', { name: /^Are you sure\?/ })
  if (await sure.isVisible()) await sure.click()
}

export const fill =
  (fields: Record<string, string>, button: string | RegExp) => async (page: Page) => {
    for (const [label, text] of Object.entries(fields)) {
      await page.getByRole('main').getByLabel(label, { exact: true }).last().fill(text)
    }
    await press(button)(page)
  }

/** What a press does while no script runs yet. */
export function sendWithoutScripts(name: string | RegExp) {
  return async (page: Page) => {
    const button = page.getByRole('main').getByRole('button', { name })
    await button.evaluate((element: HTMLButtonElement) => {
      const { form, value } = element
      const intent = Object.assign(document.createElement('input'), { name: 'intent', value })
      form!.append(intent)
      form!.submit()
    })
  }
}

export const WRONG = 'not the right one'

/** Makes a browser the one in which somebody has signed in without a screen. */
export async function giveCookies(page: Page, { cookies }: Visitor, url: string) {
  const all = [...cookies].map(([name, value]) => ({ name, value, url }))
  await page.context().addCookies(all)
}

/** React has taken the page over once it has tied a node of it to itself. */
export async function untilScriptsRun(page: Page) {
  await page.waitForFunction(() =>
    Object.keys(document.documentElement).some((key) => key.startsWith('__react')),
  )
}
