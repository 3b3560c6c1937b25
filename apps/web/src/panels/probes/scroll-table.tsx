/** Figures in a table that scrolls within the page. */
export function ScrollTable({ label, columns, rows }: { label: string; columns: readonly string[]; rows: readonly (readonly string[])[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="max-h-96 overflow-auto print:max-h-none" tabIndex={0} aria-label={label}>
      <table className="w-full text-left text-[13px]">
        <thead className="text-soft">
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" className="border-b border-line py-1.5 pr-4 font-medium">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="font-mono">
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are never moved
            <tr key={index} className="border-b border-line last:border-0">
              {row.map((cell, column) => (
                <td key={columns[column]} className="py-1 pr-4 whitespace-nowrap">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
