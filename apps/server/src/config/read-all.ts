/** Reads every setting, and complains of all that are wrong at once: nobody should have to start the server once for each. */
import { ConfigError } from "./config-error.ts";

type Readers = Readonly<Record<string, () => unknown>>;

/** @throws ConfigError of kind `usage` with one line for each setting that is wrong */
export function readAll<R extends Readers>(readers: R): { [N in keyof R]: ReturnType<R[N]> } {
  const problems: string[] = [];
  const entries = Object.entries(readers).map(([name, read]) => {
    try {
      return [name, read()];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(error.message);
      return [name, undefined];
    }
  });
  if (problems.length > 0) throw new ConfigError("usage", problems.join("\n"));
  return Object.fromEntries(entries);
}
