import type { Page } from '@playwright/test'

/**
 * When the page stopped showing a text and every field (milliseconds since 1970), told by the page
 * itself, or by its place being taken by the next one: what it said last may go down with it.
 */
export async function whenBlanked(page: Page, text: string): Promise<() => Promise<number>> {
  let tell!: (at: number) => void
  const blanked = new Promise<number>((resolve) => (tell = resolve))
  page.on('framenavigated', (frame) => {
    if (frame === page.mainFrame()) tell(Date.now())
  })
  await page.exposeFunction('tellBlanked', tell)
  await page.evaluate((shown) => {
    const { tellBlanked } = window as unknown as { tellBlanked: (at: number) => void }
    const observer = new MutationObserver(() => {
      if (document.body.innerText.includes(shown) || document.querySelector('input')) return
      observer.disconnect()
      tellBlanked(Date.now())
    })
    observer.observe(document, { childList: true, subtree: true, characterData: true })
  }, text)
  return () => blanked
}
