/** The vantages of this server, by name. */
import { type ProbeVantage, VantageError } from "./vantage.ts";

export class Vantages {
  readonly #all: ProbeVantage[];
  readonly #ownResolver: boolean;

  /** @param ownResolver the operator named a resolver: it answers for every name, the practice lab's included */
  constructor(all: readonly ProbeVantage[], ownResolver = false) {
    this.#all = [...all];
    this.#ownResolver = ownResolver;
  }

  get all(): readonly ProbeVantage[] {
    return this.#all;
  }

  /** Names of those from which only another server of the same store can probe at the moment. */
  elsewhere(): string[] {
    return this.#all.filter((each) => each.elsewhere()).map(({ name }) => name);
  }

  add(vantage: ProbeVantage): void {
    this.#all.push(vantage);
  }

  remove(name: string): void {
    const at = this.#all.findIndex((each) => each.name === name);
    if (at !== -1) this.#all.splice(at, 1);
  }

  /** @throws VantageError when this server has no such vantage */
  named(name: string): ProbeVantage {
    const found = this.#all.find((each) => each.name === name);
    if (found === undefined) throw new VantageError(`This server has no vantage '${name}'.`, "no-such-vantage");
    return found;
  }

  /** The vantage that names of the practice lab belong to, where there is one. */
  practice(): ProbeVantage | null {
    return this.#ownResolver ? null : (this.#all.find(({ practice }) => practice) ?? null);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all.map((each) => each.stop()));
  }
}
