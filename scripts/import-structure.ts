/**
 * Who imports whom inside a package: prints circles of files and imports that point upwards, and exits with 1 if there is any.
 * Type imports, re-exports and dynamic imports count; a worker thread that is started by its URL does not. Biome refuses what
 * crosses packages (biome.json); this refuses what crosses folders in the wrong direction.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";
import { ROOM_ORDER } from "./room-order.ts";

export interface ImportArrow {
  /** Files, from the package's `src`. */
  readonly from: string;
  readonly to: string;
}

export interface ImportStructure {
  readonly files: number;
  readonly arrows: readonly ImportArrow[];
  /** Groups of files each of which reaches all others. */
  readonly circles: readonly (readonly string[])[];
  /** Imports from a lower room of a higher one. */
  readonly upward: readonly ImportArrow[];
  /** Files in no room of the order. */
  readonly homeless: readonly string[];
}

/** @param source folder with the package's source @param rooms folders and files from `source`, the lowest first */
export function importStructure(source: string, rooms: readonly string[]): ImportStructure {
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
    (path) => /\.tsx?$/.test(path) && !path.includes(".test"),
  );
  const arrows = files.flatMap((from) => importsOf(join(source, from)).map((to) => ({ from, to: relative(source, to) })));
  const heights = new Map(files.map((file) => [file, heightOf(file, rooms)]));
  const height = (file: string) => heights.get(file) ?? heightOf(file, rooms);
  return {
    files: files.length,
    arrows,
    circles: circlesOf(files, arrows),
    upward: arrows.filter(({ from, to }) => height(from) < height(to)),
    homeless: files.filter((file) => height(file) === -1),
  };
}

/** Paths of the files that this one imports by a relative name. */
function importsOf(path: string): string[] {
  const text = readFileSync(path, "utf8");
  const { module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  const exported = module.staticExports.flatMap(({ entries }) => entries.flatMap((entry) => entry.moduleRequest?.value ?? []));
  const called = [...text.matchAll(/\bimport\("(\.[^"]+)"\)/g)].map((match) => match[1] ?? "");
  const names = [...module.staticImports.map((each) => each.moduleRequest.value), ...exported, ...called];
  return [...new Set(names)].filter((name) => name.startsWith(".")).map((name) => join(dirname(path), name.split("?", 1)[0] ?? ""));
}

/** Of the innermost room that holds the file; -1 if none does. */
function heightOf(file: string, rooms: readonly string[]): number {
  const around = rooms.filter((room) => room === file || file.startsWith(`${room}/`));
  return around.length === 0 ? -1 : rooms.indexOf(around.reduce((a, b) => (b.length > a.length ? b : a)));
}

/** Strongly connected components of more than one file (Tarjan). */
function circlesOf(files: readonly string[], arrows: readonly ImportArrow[]): string[][] {
  const targets = Map.groupBy(arrows, ({ from }) => from);
  const index = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): number => {
    const number = index.size;
    index.set(file, number);
    lowest.set(file, number);
    stack.push(file);
    for (const { to } of targets.get(file) ?? []) {
      const reached = index.has(to) ? (stack.includes(to) ? (index.get(to) ?? number) : number) : visit(to);
      lowest.set(file, Math.min(lowest.get(file) ?? number, reached));
    }
    const low = lowest.get(file) ?? number;
    if (low === number) {
      const group = stack.splice(stack.indexOf(file));
      if (group.length > 1 || (targets.get(file) ?? []).some(({ to }) => to === file)) circles.push(group.toSorted());
    }
    return low;
  };
  for (const file of files) if (!index.has(file)) visit(file);
  return circles;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL("..", import.meta.url));
  let faults = 0;
  for (const [folder, rooms] of Object.entries(ROOM_ORDER)) {
    const { files, arrows, circles, upward, homeless } = importStructure(join(root, folder, "src"), rooms);
    console.log(`${folder}: ${files} files, ${arrows.length} imports, ${circles.length} circles, ${upward.length} upward`);
    for (const circle of circles) console.log(`  circle: ${circle.join(", ")}`);
    for (const { from, to } of upward) console.log(`  upward: ${from} imports ${to}`);
    for (const file of homeless) console.log(`  in no room of scripts/room-order.ts: ${file}`);
    faults += circles.length + upward.length + homeless.length;
  }
  process.exitCode = faults === 0 ? 0 : 1;
}
