/** A JSON document to stdout, indented by two, piece by piece: whole it would be in memory several times. */
import { LineOutput } from "./line-output.ts";

/** @param document its lists are written element by element */
export function printJson(document: object): void {
  const output = new LineOutput();
  const members = Object.entries(document).filter(([, value]) => value !== undefined);
  output.add("{");
  for (const [index, [name, value]] of members.entries()) {
    const comma = index < members.length - 1 ? "," : "";
    const begin = `  ${JSON.stringify(name)}: `;
    if (!Array.isArray(value) || value.length === 0) {
      output.add(`${begin}${indented(value, 2)}${comma}`);
      continue;
    }
    output.add(`${begin}[`);
    for (const [place, element] of value.entries()) {
      output.add(`    ${indented(element, 4)}${place < value.length - 1 ? "," : ""}`);
    }
    output.add(`  ]${comma}`);
  }
  output.add("}");
  output.end();
}

/** Line ends within strings are escaped, so every one here is the layout's. */
function indented(value: unknown, columns: number): string {
  return JSON.stringify(value, null, 2).replaceAll("\n", `\n${" ".repeat(columns)}`);
}
