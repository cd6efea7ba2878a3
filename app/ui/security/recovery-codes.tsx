import { useRef } from 'react'
import type { ReactNode } from 'react'
import Download from 'lucide-react/icons/download'
import { CopyButton } from '../controls/copy-field'
import { Notice } from '../frame/notice'
import { useSiteName } from '../frame/site'

/** Codes that are shown this once, to be printed or kept in a file, which works without scripts, or copied. */
export function RecoveryCodes({
  codes,
  actions,
}: {
  codes: readonly string[]
  /** The way on. */
  actions?: ReactNode
}) {
  const siteName = useSiteName()
  const list = useRef<HTMLUListElement>(null)
  // Browsers that are given no clipboard copy what is selected.
  const select = () => {
    if (list.current) window.getSelection()?.selectAllChildren(list.current)
  }
  return (
    <div className="grid max-w-md gap-4.5">
      <Notice tone="warning" title="Store these somewhere safe">
        These are your recovery codes. Without your phone or passkey they are the only way in. Each
        works once, and they are shown only now.
      </Notice>
      <ul
        ref={list}
        aria-label="Recovery codes"
        className="grid gap-x-6 gap-y-1.5 rounded-control border border-line bg-sunken px-4 py-3 font-mono text-sm sm:grid-cols-2"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="flex flex-wrap items-center gap-2">
        <a
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(fileOf(codes, siteName))}`}
          download={`${siteName} recovery codes.txt`}
          className="inline-flex min-h-10 items-center gap-2 rounded-control border border-edge bg-panel px-4 font-medium hover:bg-sunken pointer-coarse:min-h-11 [&_svg]:size-4.5"
        >
          <Download aria-hidden="true" />
          Download
        </a>
        <CopyButton value={codes.join('\n')} select={select} />
        {actions}
      </div>
    </div>
  )
}

const fileOf = (codes: readonly string[], siteName: string) =>
  `Recovery codes for ${siteName}. Each works once.\n\n${codes.join('\n')}\n`
