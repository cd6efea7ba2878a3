import {
  createContext,
  lazy,
  Suspense,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { ReactNode } from 'react'
import { useHydrated } from '../controls/use-hydrated'

export type ToastMessage = {
  title: string
  /** A second, quieter line. */
  detail?: string | undefined
  tone?: 'success' | 'danger'
}

export type ShownToast = ToastMessage & {
  id: number
  /** What stood around the form that was sent last, the nearest first. */
  blocks: readonly Element[]
}

/** More of them nobody reads. */
const KEPT = 2

/** Loaded when a form is sent: most pages never have a message before. */
const load = () => import('./toasts')
const Toasts = lazy(load)

type Toaster = {
  show: (message: ToastMessage) => void
  setColumn: (column: HTMLElement | null) => void
}

const ToastContext = createContext<Toaster>({ show: () => {}, setColumn: () => {} })

/** Put once around the app. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const hydrated = useHydrated()
  const [toasts, setToasts] = useState<ShownToast[]>([])
  const [hadAny, setHadAny] = useState(false)
  const [column, setColumn] = useState<HTMLElement | null>(null)
  const blocks = useBlocksAroundSentForm()

  const toaster = useMemo(
    () => ({
      show(message: ToastMessage) {
        setHadAny(true)
        setToasts((before) =>
          [...before, { ...message, id: nextId(before), blocks: blocks.current }].slice(-KEPT),
        )
      },
      remove: (id: number) => setToasts((before) => before.filter((toast) => toast.id !== id)),
      setColumn,
    }),
    [blocks],
  )

  return (
    <ToastContext.Provider value={toaster}>
      {children}
      {hydrated && hadAny && (
        <Suspense>
          <Toasts toasts={toasts} column={column} onGone={toaster.remove} />
        </Suspense>
      )}
    </ToastContext.Provider>
  )
}

/** Returns `toast({ title, detail })`, which shows a message under the links of a page, or in it. */
export function useToast() {
  return useContext(ToastContext).show
}

/** The room for messages beside a page. It takes what its neighbours in a column leave. */
export function ToastColumn() {
  const { setColumn } = useContext(ToastContext)
  return <div ref={setColumn} className="relative flex-1" />
}

/** They are looked for when it is sent: its answer may take it away, with the line in which it stood. */
function useBlocksAroundSentForm() {
  const blocks = useRef<readonly Element[]>([])
  useEffect(() => {
    const look = ({ target }: Event) => {
      blocks.current = []
      load().then(({ blocksAround, keepFocus }) => {
        blocks.current = blocksAround(target as Element)
        keepFocus(target as Element)
      }, whenAway)
    }
    document.addEventListener('submit', look, true)
    return () => document.removeEventListener('submit', look, true)
  }, [])
  return blocks
}

/** No server, no answer: there is nothing to be said beside what the form itself says. */
const whenAway = () => undefined

function nextId(toasts: ShownToast[]) {
  return (toasts.at(-1)?.id ?? 0) + 1
}
