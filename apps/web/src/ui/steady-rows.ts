/** Rows that stay where they are while somebody reads them. */

export interface SteadyRows<T> {
  readonly rows: readonly T[];
  /** Rows that came meanwhile and are not among them. */
  readonly fresh: number;
}

/**
 * The rows that were shown, in their order and as they are now; then what comes after the last of them (a further page). What
 * came before or between them is only counted. A row that is gone stays as it was.
 */
export function steadyRows<T>(shown: readonly T[], now: readonly T[], keyOf: (row: T) => string): SteadyRows<T> {
  if (shown.length === 0) return { rows: now, fresh: 0 };
  const current = new Map(now.map((row) => [keyOf(row), row]));
  const before = new Set(shown.map(keyOf));
  const last = now.findLastIndex((row) => before.has(keyOf(row)));
  const isNew = (row: T) => !before.has(keyOf(row));
  return {
    rows: [...shown.map((row) => current.get(keyOf(row)) ?? row), ...(last === -1 ? [] : now.slice(last + 1))],
    fresh: (last === -1 ? now : now.slice(0, last)).filter(isNew).length,
  };
}
