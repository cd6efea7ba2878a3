import type { Page } from '@playwright/test'

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
