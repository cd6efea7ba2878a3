import * as Toast from '@radix-ui/react-toast'
import CircleAlert from 'lucide-react/icons/circle-alert'
import CircleCheck from 'lucide-react/icons/circle-check'
import X from 'lucide-react/icons/x'
import type { ShownToast } from './toaster'

const STAY_MS = 10_000

/**
 * The messages that are shown. They are read out politely and wait while pointed at or focused. They never
 * cover a control: beside the page they stand under its links, and where there is no room beside it, the
 * page becomes longer by theirs (styles.css). Only in the browser: Radix writes inline styles, which our
 * content security policy forbids in HTML.
 */
export default function Toasts({
  toasts,
  onGone,
}: {
  toasts: readonly ShownToast[]
  onGone: (id: number) => void
}) {
  return (
    <Toast.Provider duration={STAY_MS} label="Message">
      {toasts.map((toast) => (
        <OneToast key={toast.id} toast={toast} onGone={() => onGone(toast.id)} />
      ))}
      <Toast.Viewport className="pointer-events-none fixed inset-x-0 bottom-0 z-50 flex flex-col items-stretch gap-2 p-4 outline-none md:right-auto md:left-[max(1.25rem,calc(50vw-34.75rem))] md:w-52 md:px-0 md:pb-5" />
    </Toast.Provider>
  )
}

function OneToast({ toast, onGone }: { toast: ShownToast; onGone: () => void }) {
  const failed = toast.tone === 'danger'
  return (
    <Toast.Root
      data-toast=""
      type={failed ? 'foreground' : 'background'}
      onOpenChange={(open) => {
        if (!open) onGone()
      }}
      className="pointer-events-auto flex items-start gap-3 rounded-xl bg-ink py-2 pr-2 pl-4 text-sm text-page shadow-toast data-[state=open]:animate-toast-in data-[swipe=cancel]:translate-x-0 data-[swipe=end]:animate-toast-swiped data-[swipe=move]:translate-x-(--radix-toast-swipe-move-x)"
    >
      <span aria-hidden="true" className="mt-2.5 [&_svg]:size-4.5">
        {failed ? <CircleAlert /> : <CircleCheck />}
      </span>
      <div className="min-w-0 flex-1 py-2 wrap-anywhere">
        <Toast.Title className="font-medium">{toast.title}</Toast.Title>
        {toast.detail && (
          <Toast.Description className="opacity-80">{toast.detail}</Toast.Description>
        )}
      </div>
      <Toast.Close
        aria-label="Dismiss"
        className="grid size-10 shrink-0 place-items-center rounded-lg opacity-80 hover:opacity-100 focus-visible:outline-page"
      >
        <X aria-hidden="true" className="size-4" />
      </Toast.Close>
    </Toast.Root>
  )
}
