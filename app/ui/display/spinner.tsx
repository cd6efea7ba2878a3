import LoaderCircle from 'lucide-react/icons/loader-circle'

/** A turning circle. Decorative: who shows it also says "busy" in words or by aria-busy. */
export function Spinner() {
  return <LoaderCircle aria-hidden="true" className="size-4.5 animate-spin-calm" />
}
