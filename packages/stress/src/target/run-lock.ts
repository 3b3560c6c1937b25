/** One run at a time for each target file, whoever starts it, and one line for each run of who did what. */
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { StressTargetError } from "./target-file.ts";

/** @returns gives the lock back @throws StressTargetError while another run holds it, or where it cannot be taken */
export function lockRuns(targetFile: string): () => void {
  const path = `${targetFile}.lock`;
  const holder = holderOf(path);
  if (holder !== null) throw new StressTargetError(`Another stress test is running here (process ${holder}); there is one at a time.`);
  try {
    writeFileSync(path, `${process.pid}\n`, { flag: "wx" });
  } catch (error) {
    throw new StressTargetError(`${path} cannot be written (${(error as NodeJS.ErrnoException).code}): it keeps two runs apart.`);
  }
  return () => rmSync(path, { force: true });
}

/** @throws StressTargetError: a run that cannot be recorded is not made */
export function recordRun(targetFile: string, entry: object): void {
  const path = `${targetFile}.runs`;
  try {
    appendFileSync(path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  } catch (error) {
    throw new StressTargetError(`${path} cannot be written (${(error as NodeJS.ErrnoException).code}): every run is recorded there.`);
  }
}

/** The living process that holds the lock; the lock of a dead one is removed. */
function holderOf(path: string): number | null {
  let pid: number;
  try {
    pid = Number.parseInt(readFileSync(path, "utf8"), 10);
  } catch {
    return null;
  }
  try {
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EPERM") return pid;
    rmSync(path, { force: true });
    return null;
  }
}
