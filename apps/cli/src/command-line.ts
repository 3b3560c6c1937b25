/** Options of a subcommand, with one clear sentence for each way to get them wrong. */
import { type ParseArgsConfig, parseArgs } from "node:util";

/** The command was used wrongly: exit status 2. */
export class UsageError extends Error {}

export type OptionTypes = NonNullable<ParseArgsConfig["options"]>;

/** @throws UsageError for an unknown option, a missing value, or a value where none belongs */
export function parseCommandLine<const O extends OptionTypes>(command: string, args: readonly string[], options: O) {
  try {
    return parseArgs({
      args: [...args],
      options: { ...options, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split(". ")[0] ?? "").replace(/\.$/, "") : String(error);
    throw new UsageError(`${reason}. 'mxray ${command} --help' lists the options.`);
  }
}

/** A whole number within bounds. */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw new UsageError(`${option} takes a whole number from ${least} to ${most}, not '${text}'.`);
  return value;
}

export function oneOf<const V extends readonly string[]>(option: string, text: string, values: V): V[number] {
  if (!values.includes(text)) throw new UsageError(`${option} takes ${values.slice(0, -1).join(", ")} or ${values.at(-1)}, not '${text}'.`);
  return text;
}
