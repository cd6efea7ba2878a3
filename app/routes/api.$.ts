import { json } from '~/web/answers'

/** Every address of the API that leads nowhere: programs read JSON, also when they mistyped it. */
export const loader = (): Response => json({ error: 'not-found' }, 404)

export const action = loader
