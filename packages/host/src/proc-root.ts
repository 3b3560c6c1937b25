/** The files of /proc, under a root that tests can lay elsewhere. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { HostGauge } from "@mxray/contracts";

export class ProcRoot {
  readonly path: string;

  constructor(path = "/proc") {
    this.path = path;
  }

  /** @throws the system's error */
  read(file: string): string {
    return readFileSync(join(this.path, file), "utf8");
  }

  /** Null where it cannot be read. */
  tryRead(file: string): string | null {
    try {
      return this.read(file);
    } catch {
      return null;
    }
  }

  /** A file that holds one number, or the first of several; null where there is none. */
  number(file: string): number | null {
    const value = Number.parseFloat(this.tryRead(file) ?? "");
    return Number.isNaN(value) ? null : value;
  }

  /** Names in a directory. @throws the system's error */
  list(directory: string): string[] {
    return readdirSync(join(this.path, directory));
  }
}

export function gauge(value: number | null, limit: number | null = null): HostGauge {
  return value === null ? missing("This kernel does not show it.") : { value, limit };
}

export function missing(why: string): HostGauge {
  return { value: null, limit: null, missing: why };
}

/** Why a file could not be read, and what would help. */
export function missingFor(error: unknown, right: string): HostGauge {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EACCES" || code === "EPERM") return missing(`Reading it needs ${right}.`);
  return missing(
    code === "ENOENT" || code === "EOPNOTSUPP" ? "This machine does not have it." : `It could not be read (${code ?? "unknown error"}).`,
  );
}
