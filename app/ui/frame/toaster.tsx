import { createContext, lazy, Suspense, useCallback, useContext, useState } from 'react'
import type { ReactNode } from 'react'
import { useHydrated } from '../controls/use-hydrated'

export type ToastMessage = {
  title: string
  /** A second, quieter line. */
  detail?: string | undefined
  tone?: 'success' | 'danger'
}

export type ShownToast = ToastMessage & { id: number }

const KEPT = 3

/** Loaded with the first message: most pages never have one. */
const Toasts = lazy(() => import('./toasts'))

const ToastContext = createContext<(message: ToastMessage) => void>(() => {})

/** Put once around the app. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const hydrated = useHydrated()
  const [toasts, setToasts] = useState<ShownToast[]>([])
  const [hadAny, setHadAny] = useState(false)

  const show = useCallback((message: ToastMessage) => {
    setHadAny(true)
    setToasts((before) => [...before, { ...message, id: nextId(before) }].slice(-KEPT))
  }, [])
  const remove = useCallback((id: number) => {
    setToasts((before) => before.filter((toast) => toast.id !== id))
  }, [])

  return (
    <ToastContext.Provider value={show}>
      {children}
      {hydrated && hadAny && (
        <Suspense>
          <Toasts toasts={toasts} onGone={remove} />
        </Suspense>
      )}
    </ToastContext.Provider>
  )
}

/** Returns `toast({ title, detail })`, which shows a message beside the page, or under it on a phone. */
export function useToast() {
  return useContext(ToastContext)
}

function nextId(toasts: ShownToast[]) {
  return (toasts.at(-1)?.id ?? 0) + 1
}
