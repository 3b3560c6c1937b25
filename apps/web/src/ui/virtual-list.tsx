import { Fragment, type ReactNode, useRef } from "react";
import { useRowKeys } from "./use-row-keys.ts";
import { useVirtualRows } from "./use-virtual-rows.ts";

interface VirtualListProps<Row> {
  /** What the list is of, for screen readers. */
  readonly label: string;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Which of all it is, from 1; null for what is no item but stands among them, such as the heading of a group. */
  readonly placeOf: (row: Row, index: number) => number | null;
  /** How many items there are, also those that were not loaded yet. */
  readonly total: number;
  /** Of a usual row, pixels. */
  readonly rowHeight: number;
  readonly draw: (row: Row) => ReactNode;
  readonly rowClass?: (row: Row) => string;
  /** The reader comes near the last row. */
  readonly onEnd?: (() => void) | undefined;
  readonly className?: string;
}

/** A list of any length, of which only what is near the screen is in the document; j and k walk along its links (`data-row`). */
export function VirtualList<Row>(props: VirtualListProps<Row>) {
  const { label, rows, keyOf, placeOf, total, rowHeight, draw, rowClass, onEnd, className = "" } = props;
  const list = useRef<HTMLUListElement>(null);
  useRowKeys(list);
  const shown = useVirtualRows({ count: rows.length, rowHeight, container: list, onEnd });
  return (
    <ul ref={list} aria-label={label} className={className}>
      {shown.rows.map(({ index, gap }) => {
        const row = rows[index];
        if (row === undefined) return null;
        const place = placeOf(row, index);
        return (
          <Fragment key={keyOf(row)}>
            {gap > 0 && <li aria-hidden style={{ height: gap }} />}
            <li
              ref={shown.measure}
              data-index={index}
              className={rowClass?.(row)}
              {...(place === null ? {} : { "aria-posinset": place, "aria-setsize": total })}
            >
              {draw(row)}
            </li>
          </Fragment>
        );
      })}
      {shown.rest > 0 && <li aria-hidden style={{ height: shown.rest }} />}
    </ul>
  );
}
