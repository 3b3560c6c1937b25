/** Printable text in lines of a given width, by words; a word longer than a line is cut, so that no line is ever wider. */
import { printableWhole } from "./printable-lines.ts";

/**
 * @param width columns, indentation included
 * @param first what the first line begins with
 * @param rest what every further line begins with
 */
export function wrappedText(text: string, width: number, first = "", rest = first): string {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  const room = (indent: string) => Math.max(10, width - indent.length);
  for (const word of text.split(/\s+/).filter((each) => each !== "")) {
    let left = printableWhole(word);
    if (!empty && line.length + 1 + left.length > width) {
      lines.push(line);
      line = rest;
      empty = true;
    }
    while (empty && left.length > room(line)) {
      const here = room(line);
      lines.push(line + left.slice(0, here));
      left = left.slice(here);
      line = rest;
    }
    line += empty ? left : ` ${left}`;
    empty = false;
  }
  lines.push(line);
  return lines.join("\n");
}
