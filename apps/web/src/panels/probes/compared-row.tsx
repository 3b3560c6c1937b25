import type { ReactNode } from "react";

/** A row of a table that compares probes side by side. @param nothing in place of what a side lacks */
export function ComparedRow({ name, cells, nothing = "–" }: { name: string; cells: readonly ReactNode[]; nothing?: string }) {
  return (
    <tr className="border-b border-line align-top last:border-0">
      <th scope="row" className="py-1.5 pr-3 font-normal text-soft">
        {name}
      </th>
      {cells.map((cell, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the sides keep their order
        <td key={index} className="min-w-36 py-1.5 pr-4 break-words">
          {cell ?? <span className="text-faint">{nothing}</span>}
        </td>
      ))}
    </tr>
  );
}
