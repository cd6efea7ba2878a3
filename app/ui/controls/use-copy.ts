import { useEffect, useState } from 'react'

/** What became of the last press. */
type Told = 'nothing' | 'copied' | 'selected'

const TOLD_FOR_MS = 4_000

/** Copies a text for a person, and says what came of it for a few seconds. */
export function useCopy() {
  const [told, setTold] = useState<Told>('nothing')

  useEffect(() => {
    if (told === 'nothing') return
    const timer = setTimeout(() => setTold('nothing'), TOLD_FOR_MS)
    return () => clearTimeout(timer)
  }, [told])

  /** The text is selected already, for browsers that copy only what is. */
  async function copy(text: string) {
    setTold((await toClipboard(text)) ? 'copied' : 'selected')
  }

  return { copy, told, words: WORDS[told] }
}

const WORDS: Record<Told, string> = {
  nothing: '',
  copied: 'Copied.',
  selected: 'It is selected now: press Ctrl+C or ⌘C to copy it.',
}

/** Browsers offer the clipboard on https and localhost only; elsewhere the old command may work. */
async function toClipboard(value: string) {
  try {
    await navigator.clipboard.writeText(value)
    return true
  } catch {
    return document.execCommand('copy')
  }
}
