import { Fragment, useRef } from "react";
import { type DataColumn, DataRow, DataTableHead, type DataTableRow } from "./data-table.tsx";
import { useVirtualRows } from "./use-virtual-rows.ts";

interface VirtualTableProps {
  readonly caption: string;
  readonly columns: readonly DataColumn[];
  /** Rows that are at hand. */
  readonly count: number;
  readonly row: (index: number) => DataTableRow;
  /** How many rows there are, also those that were not loaded yet; default as many as are at hand. */
  readonly total?: number;
  /** Of a usual row, pixels. */
  readonly rowHeight?: number;
  /** Makes the first cell of each row a button. */
  readonly onPick?: ((row: number) => void) | undefined;
  /** The reader comes near the last row. */
  readonly onEnd?: (() => void) | undefined;
}

/** Figures in rows, any number of them, of which only those near the screen are in the document. */
export function VirtualTable({ caption, columns, count, row, total = count, rowHeight = 34, onPick, onEnd }: VirtualTableProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const shown = useVirtualRows({ count, rowHeight, container: body, onEnd });
  const empty = (height: number) => (
    <tr aria-hidden>
      <td colSpan={columns.length} style={{ height, padding: 0 }} />
    </tr>
  );
  return (
    // The first column takes what the others leave: they keep their width whatever rows are there.
    <table className="w-full text-left text-sm [&_td:first-child]:w-full" aria-rowcount={total + 1}>
      <DataTableHead caption={caption} columns={columns} />
      <tbody ref={body}>
        {shown.rows.map(({ index, gap }) => {
          const { key, cells } = row(index);
          return (
            <Fragment key={key}>
              {gap > 0 && empty(gap)}
              <DataRow
                measure={shown.measure}
                index={index}
                columns={columns}
                cells={cells}
                onPick={onPick === undefined ? undefined : () => onPick(index)}
              />
            </Fragment>
          );
        })}
        {shown.rest > 0 && empty(shown.rest)}
      </tbody>
    </table>
  );
}
