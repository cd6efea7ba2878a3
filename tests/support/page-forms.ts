/** A form as a page without scripts offers it: what each of its buttons would send. */
export type PageForm = {
  /** Where it is sent. */
  path: string
  /** The value of the button's `intent`, or none. */
  intent: string
  fields: [name: string, value: string][]
}

/**
 * What can be sent from a page by a browser without JavaScript, button by button. Of boxes that
 * stand outside of their form the first one is ticked. Reads what React writes, not HTML at large.
 */
export function formsIn(html: string, at: string): PageForm[] {
  return elements(html, 'form').flatMap(({ attributes, content }) => {
    if (attributes.method !== 'post') return []
    const outside = elements(html, 'input').find(
      ({ attributes: { form = '' } }) => form === attributes.id,
    )
    const inputs = [...elements(content, 'input'), ...(outside ? [outside] : [])]
    const fields = inputs.flatMap(({ attributes: { name, value = '' } }): PageForm['fields'] =>
      name === undefined ? [] : [[name, value]],
    )
    const buttons = elements(content, 'button').filter(({ attributes }) => isSubmit(attributes))
    return buttons.map(({ attributes: { name, value = '' } }) => ({
      path: attributes.action ?? at,
      intent: name === 'intent' ? value : '',
      fields: name === undefined ? fields : [...fields, [name, value]],
    }))
  })
}

type Attributes = Partial<Record<string, string>>

const isSubmit = ({ type = 'submit' }: Attributes) => type === 'submit'

function elements(html: string, tag: string): { attributes: Attributes; content: string }[] {
  const pattern = RegExp(`<${tag}\\b([^>]*)>(?:([\\s\\S]*?)</${tag}>)?`, 'g')
  return [...html.matchAll(pattern)].map(([, attributes = '', content = '']) => ({
    attributes: Object.fromEntries(
      [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [
        name,
        decoded(value!),
      ]),
    ) as Attributes,
    content,
  }))
}

const ENTITIES: Record<string, string> = { quot: '"', amp: '&', lt: '<', gt: '>', '#x27': "'" }

const decoded = (text: string) =>
  text.replaceAll(/&([\w#]+);/g, (entity, name: string) => ENTITIES[name] ?? entity)
