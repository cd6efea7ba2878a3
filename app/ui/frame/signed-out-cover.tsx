import { BrandMark } from './brand-mark'

/** Hides nothing, so nothing can be uncovered: it replaces a page whose session has ended. */
export function SignedOutCover({ reason }: { reason: string }) {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-5 px-5 pb-[14vh] text-center">
      <BrandMark large />
      <div role="alert">
        <h1 className="max-w-[32ch] text-xl leading-7 font-semibold tracking-tight text-balance">
          {reason}
        </h1>
      </div>
    </main>
  )
}
