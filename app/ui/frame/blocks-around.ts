/**
 * The blocks of a page after which something about a form can be said, the nearest first: what it stands in
 * of its line, of the lines beside that, which are left when its own goes away, and of its panel.
 */
export function blocksAround(form: Element): Element[] {
  const blocks: Element[] = []
  for (let element: Element | null = form; element; element = element.parentElement) {
    if (element.matches('main')) break
    if (element.parentElement?.matches('li, section, main')) blocks.push(element)
    if (element.matches('li')) blocks.push(...lastBlocksBeside(element))
  }
  return blocks
}

const lastBlocksBeside = ({ previousElementSibling, nextElementSibling }: Element): Element[] =>
  [previousElementSibling, nextElementSibling].flatMap((line) => line?.lastElementChild ?? [])
