import { v7 } from 'uuid'

/** An id for a new row: random, ordered by time, never reused. Public: it gives no rights. */
export const newId = (): string => v7()

const ID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether text has the form of a row id. */
export const looksLikeId = (text: string): boolean => ID_TEXT.test(text)
