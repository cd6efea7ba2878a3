/** Where mails are from: what people call the installation, and its address. */
export type Site = { name: string; origin: string }

/** A mail's content, before it is laid out as text and as HTML. */
export type Message = {
  subject: string
  /** What it says, a paragraph each, the most important first. */
  paragraphs: readonly string[]
  /** When, where from, with what: a line each. */
  facts?: readonly Fact[]
  /** What the reader can do about it. */
  action?: Action
  /** What is good to know besides, in a smaller voice. */
  notes?: readonly string[]
}
export type Fact = readonly [what: string, value: string]
export type Action = { label: string; url: string }

/**
 * The moment as mails write it: nobody knows the reader's time zone, so it is said which one this is.
 */
export const momentInWords = (at: Date): string => `${MOMENT.format(at)} UTC`

const MOMENT = new Intl.DateTimeFormat('en-GB', {
  ...{ day: 'numeric', month: 'long', year: 'numeric' },
  ...{ hour: '2-digit', minute: '2-digit' },
  timeZone: 'UTC',
})

/** The day alone. */
export const dayInWords = (at: Date): string => DAY.format(at)

const DAY = new Intl.DateTimeFormat('en-GB', {
  ...{ day: 'numeric', month: 'long', year: 'numeric' },
  timeZone: 'UTC',
})
