import { useLocation } from '@remix-run/react'
import { useState } from 'react'

/**
 * Keeps the fields of a search in step with the address, which is the question. By a link, or the browser's
 * Back, the address changes without them: they are to show the new question then. What the form itself
 * asked is in them already, and whoever is typing there is not to be interrupted.
 *
 * @returns `formKey`, the React key of the form, and `onSearch`, to be called when the form is sent
 */
export function useSearchForm() {
  const { search } = useLocation()
  const [shown, setShown] = useState({ search, formKey: 0 })
  const [asked, setAsked] = useState<string | null>(null)

  if (search !== shown.search) {
    const isOwn = search === asked
    setShown({ search, formKey: isOwn ? shown.formKey : shown.formKey + 1 })
    setAsked(null)
  }

  const onSearch = (form: HTMLFormElement) => setAsked(`?${questionOf(form)}`)
  return { formKey: shown.formKey, onSearch }
}

/** As a form that is sent with GET puts it into the address. */
function questionOf(form: HTMLFormElement) {
  const fields = [...new FormData(form)]
  const texts = fields.flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value]] : [],
  )
  return new URLSearchParams(texts)
}
