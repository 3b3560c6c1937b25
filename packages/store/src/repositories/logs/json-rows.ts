/** Rows of one statement: a longer one holds up everything else for too long. */
const ROWS = 2000;

/** Rows as JSON texts, one for each statement. */
export function* jsonRows(rows: readonly unknown[]): Generator<string> {
  for (let from = 0; from < rows.length; from += ROWS) yield JSON.stringify(rows.slice(from, from + ROWS));
}
