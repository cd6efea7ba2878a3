/** Every address that leads nowhere, so that the answer is a page of ours with the right status. */
export function loader(): never {
  throw new Response(null, { status: 404 })
}

export const action = loader

export default function NotFound() {
  return null
}
