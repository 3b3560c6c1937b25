import type { ReactNode } from "react";

export interface DataTableProps {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
  /** Makes the first cell of each row a button. */
  readonly onPick?: ((row: number) => void) | undefined;
}

/** Figures in rows. */
export function DataTable({ caption, columns, rows, onPick }: DataTableProps) {
  return (
    <table className="w-full text-left text-sm">
      <caption className="pb-2 text-left text-soft">{caption}</caption>
      <thead className="text-soft">
        <tr>
          {columns.map((title) => (
            <th key={title} scope="col" className="border-b border-line py-1.5 pr-4 font-medium whitespace-nowrap">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, cells }, row) => (
          <tr key={key} className="border-b border-line last:border-0">
            {cells.map((cell, column) => (
              <td key={columns[column]} className="py-1.5 pr-4 tabular-nums">
                {column === 0 && onPick !== undefined ? (
                  <button type="button" className="text-left text-accent underline underline-offset-2" onClick={() => onPick(row)}>
                    {cell}
                  </button>
                ) : (
                  cell
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
