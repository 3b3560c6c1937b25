/**
 * Where a log is read from: `journal`, `journal:UNIT`, `-` (standard input, from the environment only), or the absolute path of
 * a file. What the page may name is limited to folders for logs, so that it is no way to read other files of the machine.
 */
import { isAbsolute, normalize, sep } from "node:path";
import { printable } from "@mxray/contracts";

export type LogLocation =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "journal"; readonly unit: string | null }
  | { readonly kind: "stdin" };

/** Null for what is none of them. */
export function parseLogLocation(text: string): LogLocation | null {
  if (text === "-") return { kind: "stdin" };
  if (text === "journal") return { kind: "journal", unit: null };
  const unit = /^journal:([A-Za-z0-9@_.:-]{1,200})$/.exec(text)?.[1];
  if (unit !== undefined && !unit.startsWith("-")) return { kind: "journal", unit };
  if (!isAbsolute(text) || text.includes("\0") || text.endsWith(sep) || text.length > 1000) return null;
  return { kind: "file", path: normalize(text) };
}

/** A sentence for a location that the page may not name, or null. @param folders absolute */
export function refusalOfLocation(text: string, folders: readonly string[]): string | null {
  const location = parseLogLocation(text);
  if (location === null || location.kind === "stdin") {
    return `'${printable(text, 200)}' is no log that can be followed; give the absolute path of a file, 'journal' or 'journal:UNIT'.`;
  }
  if (location.kind === "journal") return null;
  const inside = folders.some((folder) => location.path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`));
  return inside
    ? null
    : `${printable(location.path, 200)} is not in a folder whose logs may be followed (${folders.join(", ")}). MXRAY_LOG_FOLDERS allows others, MXRAY_LOGS names single files.`;
}

/** The same location has one spelling. */
export function canonicalLocation(text: string): string {
  const location = parseLogLocation(text);
  return location?.kind === "file" ? location.path : text;
}
