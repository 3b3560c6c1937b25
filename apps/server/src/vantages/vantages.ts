/** The vantages of this server, by name. */
import { type ProbeVantage, VantageError } from "./vantage.ts";

export class Vantages {
  readonly all: readonly ProbeVantage[];

  constructor(all: readonly ProbeVantage[]) {
    this.all = all;
  }

  /** @throws VantageError when this server has no such vantage */
  named(name: string): ProbeVantage {
    const found = this.all.find((each) => each.name === name);
    if (found === undefined) throw new VantageError(`This server has no vantage '${name}'.`, "no-such-vantage");
    return found;
  }

  /** Where there is one. */
  practice(): ProbeVantage | null {
    return this.all.find(({ practice }) => practice) ?? null;
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((each) => each.stop()));
  }
}
