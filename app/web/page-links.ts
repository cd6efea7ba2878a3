/** The links to the neighbours of a page of a list: the same question, another place. */
export function pageLinks(url: string, pages: { newer: string | null; older: string | null }) {
  const { pathname, searchParams } = new URL(url)
  const to = (cursor: string | null) => {
    if (cursor === null) return null
    const query = new URLSearchParams(searchParams)
    // What the page was told once is not part of the question.
    query.delete('deleted')
    query.set('at', cursor)
    return `${pathname}?${query}`
  }
  return { newer: to(pages.newer), older: to(pages.older) }
}
