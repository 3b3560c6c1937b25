/**
 * The files of a rotated log in the order of time, as far as their names show it: `mail.log.2.gz`, `mail.log.1`, `mail.log`, or
 * `maillog-20260104`, `maillog-20260111`, `maillog`. Different logs stay in the order in which they were given.
 */

interface Rotated {
  readonly base: string;
  /** Greater is later. */
  readonly rank: number;
}

/** A higher number is older; so is no number at all the newest. */
export function inOrderOfTime(paths: readonly string[]): string[] {
  const sets = new Map<string, { readonly path: string; readonly rank: number }[]>();
  for (const path of paths) {
    const { base, rank } = rotatedName(path);
    const set = sets.get(base);
    if (set === undefined) sets.set(base, [{ path, rank }]);
    else set.push({ path, rank });
  }
  return [...sets.values()].flatMap((set) => set.sort((a, b) => a.rank - b.rank).map(({ path }) => path));
}

function rotatedName(path: string): Rotated {
  const plain = path.replace(/\.(?:gz|zst|xz|bz2)$/, "");
  const dated = /^(.*?)[.-]([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:[-T_]?([0-9]{2,6}))?$/.exec(plain);
  if (dated !== null) {
    const [, base = "", year = "", month = "", day = "", time = ""] = dated;
    return { base, rank: Number(`${year}${month}${day}${time.padEnd(6, "0")}`) };
  }
  const numbered = /^(.*)\.([0-9]{1,4})$/.exec(plain);
  if (numbered !== null) return { base: numbered[1] ?? "", rank: -Number(numbered[2]) + 1e15 };
  return { base: plain, rank: Number.POSITIVE_INFINITY };
}
