/* eslint jsx-a11y/no-redundant-roles: off, jsx-a11y/no-interactive-element-to-noninteractive-role: off --
   browsers drop a table's own roles when its rows are laid out as blocks, so they are written out. */
import type { ReactNode } from 'react'
import { classes } from './classes'

export type Column<Row> = {
  key: string
  header: string
  cell: (row: Row) => ReactNode
  /** Numbers and actions stand at the right. */
  align?: 'left' | 'right'
  /** The header is said to screen readers only: for a column of actions. */
  headerHidden?: boolean
  /** The cell that names the row: a row header for screen readers, the title of the card. */
  isTitle?: boolean
}

/** A table that turns into cards on phones. */
export function DataTable<Row>({
  caption,
  columns,
  rows,
  rowKey,
  empty,
}: {
  /** What the table holds; said to screen readers, not shown. */
  caption: string
  columns: ReadonlyArray<Column<Row>>
  rows: readonly Row[]
  rowKey: (row: Row) => string
  /** Shown in place of the table when there are no rows: an `EmptyState`. */
  empty?: ReactNode
}) {
  if (rows.length === 0 && empty) return <div className="border-t border-line">{empty}</div>
  return (
    <table role="table" className="block w-full text-left md:table">
      <caption className="sr-only">{caption}</caption>
      <thead role="rowgroup" className="sr-only md:not-sr-only md:table-header-group">
        <tr role="row" className="md:table-row">
          {columns.map((column) => (
            <th
              key={column.key}
              role="columnheader"
              scope="col"
              className={classes(
                'px-3 pb-2 text-[0.8125rem] font-normal text-soft first:pl-5 last:pr-5',
                column.align === 'right' && 'text-right',
              )}
            >
              {column.headerHidden ? (
                <span className="sr-only">{column.header}</span>
              ) : (
                column.header
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" className="block md:table-row-group">
        {rows.map((row) => (
          <tr
            key={rowKey(row)}
            role="row"
            className="block border-t border-line px-4 py-3.5 sm:px-5 md:table-row md:px-0 md:py-0"
          >
            {columns.map((column) => (
              <Cell key={column.key} column={column} row={row} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const look = classes(
    'md:table-cell md:px-3 md:py-3 md:align-middle md:first:pl-5 md:last:pr-5',
    column.align === 'right' && 'md:text-right',
  )
  if (column.isTitle) {
    return (
      <th
        role="rowheader"
        scope="row"
        className={classes('mb-1 block font-medium wrap-anywhere md:mb-0 md:min-w-40', look)}
      >
        {column.cell(row)}
      </th>
    )
  }
  const content = column.cell(row)
  return (
    <td
      role="cell"
      className={classes(
        'flex items-baseline gap-3 py-0.5 wrap-break-word',
        column.headerHidden && 'pt-2',
        // A card says nothing of what there is not.
        content === null && 'max-md:hidden',
        look,
      )}
    >
      {!column.headerHidden && (
        <span aria-hidden="true" className="w-24 shrink-0 text-sm text-soft md:hidden">
          {column.header}
        </span>
      )}
      <div className="min-w-0 flex-1">{content}</div>
    </td>
  )
}
