import * as Toast from '@radix-ui/react-toast'
import CircleAlert from 'lucide-react/icons/circle-alert'
import CircleCheck from 'lucide-react/icons/circle-check'
import X from 'lucide-react/icons/x'
import { useLayoutEffect, useState, useSyncExternalStore } from 'react'
import { createPortal } from 'react-dom'
import { classes } from '../display/classes'
import type { ShownToast } from './toaster'

export { blocksAround } from './blocks-around'
export { keepFocus } from './keep-focus'

const STAY_MS = 10_000
/** Enough for a message of a few lines. */
const LEAST_ROOM_PX = 128

/**
 * The messages that are shown. They are read out politely and wait while pointed at or focused. They never
 * cover a control: where there is room for them they stand under the links beside the page, the newest
 * first, and scroll there when they are too many. Elsewhere the newest one stands in the page itself, where
 * its form was sent. There it stays until something else is done: were it to leave by itself, what is
 * below would move under the finger. Only in the browser: Radix writes inline styles, which our content
 * security policy forbids in HTML.
 */
export default function Toasts({
  toasts,
  column,
  onGone,
}: {
  toasts: readonly ShownToast[]
  /** The room beside the page, where it has any. */
  column: HTMLElement | null
  onGone: (id: number) => void
}) {
  const [host] = useState(() => document.createElement('div'))
  const hasRoom = useSyncExternalStore(
    subscribeToSize,
    () => (column?.clientHeight ?? 0) >= LEAST_ROOM_PX,
  )
  const beside = hasRoom ? column : null
  const newest = toasts.at(-1)

  useLayoutEffect(() => {
    if (!newest) return leave(host)
    if (beside) return putBeside(host, beside)
    return keepInPage(host, newest.blocks)
  }, [host, beside, newest])

  return createPortal(
    <Toast.Provider duration={beside ? STAY_MS : Infinity} label="Message">
      {(beside ? toasts : toasts.slice(-1)).map((toast) => (
        <OneToast
          key={toast.id}
          toast={toast}
          onGone={() => (beside ? [toast] : toasts).forEach(({ id }) => onGone(id))}
          className={classes(toast === newest && 'order-first')}
        />
      ))}
      <Toast.Viewport className="flex flex-col gap-2 outline-none" />
    </Toast.Provider>,
    host,
  )
}

function OneToast({
  toast,
  onGone,
  className,
}: {
  toast: ShownToast
  onGone: () => void
  className: string
}) {
  const failed = toast.tone === 'danger'
  const Icon = failed ? CircleAlert : CircleCheck
  return (
    <Toast.Root
      data-toast=""
      type={failed ? 'foreground' : 'background'}
      onOpenChange={(open) => {
        if (!open) onGone()
      }}
      // Radix would keep a page from being scrolled by a finger that is on a message.
      className={classes(
        'touch-pan-y! rounded-xl bg-ink py-1.5 pr-1.5 pl-3.5 text-sm text-page data-[state=open]:animate-toast-in data-[swipe=cancel]:translate-x-0 data-[swipe=end]:animate-toast-swiped data-[swipe=move]:translate-x-(--radix-toast-swipe-move-x)',
        className,
      )}
    >
      {/* Beside the first lines alone, so that the others are as long as they can be. */}
      <Toast.Close
        aria-label="Dismiss"
        className="float-right ml-1 grid size-9 place-items-center rounded-lg opacity-80 hover:opacity-100 focus-visible:-outline-offset-2 focus-visible:outline-page pointer-coarse:size-11"
      >
        <X aria-hidden="true" className="size-4" />
      </Toast.Close>
      <div className="py-2 pr-2 wrap-anywhere">
        <Toast.Title className="font-medium">
          <Icon aria-hidden="true" className="mr-2 inline size-4.5 align-text-bottom" />
          {toast.title}
        </Toast.Title>
        {toast.detail && (
          <Toast.Description className="opacity-80">{toast.detail}</Toast.Description>
        )}
      </div>
    </Toast.Root>
  )
}

function subscribeToSize(onChange: () => void) {
  window.addEventListener('resize', onChange)
  return () => window.removeEventListener('resize', onChange)
}

/** A little wider than the links: what is said there has short lines enough. */
function putBeside(host: HTMLElement, column: HTMLElement) {
  host.className = 'absolute inset-y-0 -right-6 -left-3 overflow-y-auto pt-4'
  if (host.parentElement !== column) column.append(host)
}

/**
 * After the nearest of these blocks that is still there, or at the beginning of the page. An answer is
 * here before the page is changed by it: a line that goes away then would take the message with it.
 */
function keepInPage(host: HTMLElement, blocks: readonly Element[]) {
  host.className =
    'w-full scroll-my-4 py-3 [li:has(>details)>&]:px-4 [main>&]:mb-5 [main>&]:py-0 [section>&]:px-4'
  if (!putAfterOne(blocks, host)) document.getElementById('content')?.prepend(host)
  host.scrollIntoView({ block: 'nearest' })
  const watch = new MutationObserver(() => {
    // On another page none of them is there: the message was about this one.
    if (!host.isConnected && putAfterOne(blocks, host)) host.scrollIntoView({ block: 'nearest' })
  })
  watch.observe(document.body, { childList: true, subtree: true })
  return () => watch.disconnect()
}

function putAfterOne(blocks: readonly Element[], host: HTMLElement): boolean {
  const block = blocks.find((one) => one !== host && one.isConnected && one.checkVisibility())
  block?.after(host)
  return block !== undefined
}

/** The focus of whoever dismissed the last message goes to what it stood in. */
function leave(host: HTMLElement) {
  const around = host.parentElement?.closest<HTMLElement>('li, section, main')
  const next = around ?? document.getElementById('content')
  const hadFocus = host.contains(document.activeElement)
  host.remove()
  if (!hadFocus) return
  next?.setAttribute('tabindex', '-1')
  next?.focus({ preventScroll: true })
}
