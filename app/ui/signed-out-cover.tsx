import { Mark } from './mark'

/** Covers nothing and hides nothing: it *replaces* a page's content once its session has ended. */
export function SignedOutCover({ reason }: { reason: string }) {
  return (
    <main
      role="alert"
      className="flex min-h-dvh flex-col items-center justify-center gap-5 px-5 pb-[14vh] text-center"
    >
      <Mark large />
      <p className="max-w-[40ch] text-lg font-medium text-balance">{reason}</p>
    </main>
  )
}
