/** What the address of /diagnose holds. */
import { textOf } from "../search-values.ts";

export interface DiagnoseSearch {
  /** Stands in the box; a link never begins a probe by itself. */
  readonly target?: string | undefined;
  /** Part of the targets of past probes. */
  readonly find?: string | undefined;
  /** Past practice instead of past probes. */
  readonly practice?: true | undefined;
}

export function diagnoseSearch(given: Record<string, unknown>): DiagnoseSearch {
  return {
    target: textOf(given.target, 400),
    find: textOf(given.find, 200),
    practice: given.practice === true ? true : undefined,
  };
}
