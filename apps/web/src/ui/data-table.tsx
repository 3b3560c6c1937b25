import type { ReactNode } from "react";

/** A heading; one of figures stands, like them, at the right. */
export type DataColumn = string | { readonly figures: string };

export interface DataTableRow {
  readonly key: string;
  readonly cells: readonly ReactNode[];
}

export interface DataTableProps {
  readonly caption: string;
  readonly columns: readonly DataColumn[];
  readonly rows: readonly DataTableRow[];
  /** Makes the first cell of each row a button. */
  readonly onPick?: ((row: number) => void) | undefined;
}

/** Figures in rows, all of them there; for many see `VirtualTable`. */
export function DataTable({ caption, columns, rows, onPick }: DataTableProps) {
  return (
    <table className="w-full text-left text-sm">
      <DataTableHead caption={caption} columns={columns} />
      <tbody>
        {rows.map(({ key, cells }, row) => (
          <DataRow key={key} columns={columns} cells={cells} onPick={onPick === undefined ? undefined : () => onPick(row)} />
        ))}
      </tbody>
    </table>
  );
}

export function DataTableHead({ caption, columns }: { caption: string; columns: readonly DataColumn[] }) {
  return (
    <>
      <caption className="pb-2 text-left text-soft">{caption}</caption>
      <thead className="text-soft">
        <tr>
          {columns.map((column) => (
            <th
              key={titleOf(column)}
              scope="col"
              className={`border-b border-line py-1.5 pr-4 font-medium whitespace-nowrap ${alignmentOf(column)}`}
            >
              {titleOf(column)}
            </th>
          ))}
        </tr>
      </thead>
    </>
  );
}

interface DataRowProps {
  readonly columns: readonly DataColumn[];
  readonly cells: readonly ReactNode[];
  readonly onPick: (() => void) | undefined;
  /** Where not all rows are there: which of all this is, and who wants to know its height. */
  readonly index?: number;
  readonly measure?: (row: HTMLElement | null) => void;
}

export function DataRow({ columns, cells, onPick, index, measure }: DataRowProps) {
  return (
    <tr
      ref={measure}
      className="border-b border-line last:border-0"
      // The head is the first row.
      {...(index === undefined ? {} : { "data-index": index, "aria-rowindex": index + 2 })}
    >
      {columns.map((column, place) => (
        <td key={titleOf(column)} className={`py-1.5 pr-4 tabular-nums ${alignmentOf(column)}`}>
          {place === 0 && onPick !== undefined ? (
            <button type="button" className="text-left text-accent underline underline-offset-2" onClick={onPick}>
              {cells[place]}
            </button>
          ) : (
            cells[place]
          )}
        </td>
      ))}
    </tr>
  );
}

function titleOf(column: DataColumn): string {
  return typeof column === "string" ? column : column.figures;
}

function alignmentOf(column: DataColumn): string {
  return typeof column === "string" ? "" : "text-right";
}
