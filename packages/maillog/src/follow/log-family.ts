/**
 * A log and what rotation made of it, in the order of time: `mail.log.2.gz`, `mail.log.1`, `mail.log`. Looked at while files are
 * being renamed, a directory shows some files twice and others not at all; so it is looked at until two looks agree.
 */
import { basename, dirname, join } from "node:path";
import { inOrderOfTime } from "../reading/rotated-set.ts";
import { headMatches } from "./file-head.ts";
import type { FileMark } from "./follow-step.ts";
import type { LogFileFacts, LogFiles, OpenLogFile } from "./log-files.ts";

export interface FamilyMember extends LogFileFacts {
  readonly path: string;
  readonly zipped: boolean;
}

/** Renaming a family takes less than that many looks. */
const MOST_LOOKS = 20;
const ROTATED = /^[.-][0-9][0-9T_.-]{0,30}(?:\.(?:gz|zst|xz|bz2))?$/;
const ZIPPED = /\.(?:gz|zst|xz|bz2)$/;
/** As logrotate's compresscmd may be set, too; there is no reader for it. */
const CLOSED = /^[.-][0-9][0-9T_.-]{0,30}\.(?:lzma|lz4|Z)$/;

/** The oldest first, the log itself last, where it exists. */
export async function logFamily(files: LogFiles, path: string): Promise<FamilyMember[]> {
  let seen = await look(files, path);
  for (let looks = 1; looks < MOST_LOOKS; looks += 1) {
    const again = await look(files, path);
    if (same(seen, again)) return again;
    seen = again;
  }
  return seen;
}

/** Rotated files that changed after `sinceMs` and are compressed in a way that is not read. */
export async function closedMembers(files: LogFiles, path: string, sinceMs: number): Promise<string[]> {
  const [folder, base] = [dirname(path), basename(path)];
  const names = (await files.names(folder)).filter((name) => name.startsWith(base) && CLOSED.test(name.slice(base.length)));
  const facts = await Promise.all(names.map(async (name) => ({ name, facts: await files.facts(join(folder, name)) })));
  return facts.flatMap(({ name, facts: own }) => (own !== null && own.modifiedMs > sinceMs ? [name] : [])).sort();
}

export interface MarkedFamily {
  readonly family: readonly FamilyMember[];
  /** Index of the member that the mark is in; -1 where none is. */
  readonly place: number;
}

/** The family, and which of it the mark is in. That none is, is told only when no copy was made while that was looked for. */
export async function familyWithMark(files: LogFiles, path: string, mark: FileMark): Promise<MarkedFamily> {
  for (let looks = 1; ; looks += 1) {
    const family = await logFamily(files, path);
    const place = await placeOfMark(files, family, mark);
    const isSure = place !== "moved" && (place !== -1 || same(family, await logFamily(files, path)));
    if (isSure) return { family, place };
    if (looks === MOST_LOOKS) return { family, place: -1 };
  }
}

/** `moved`: a file was renamed while it was being opened, so the answer would mean nothing. */
async function placeOfMark(files: LogFiles, family: readonly FamilyMember[], mark: FileMark): Promise<number | "moved"> {
  // A file under its old name first, then the newest: of a copy that is being made, the original.
  const own = family.findIndex(({ identity, zipped }) => identity === mark.identity && !zipped);
  const order = [own, ...family.map((_, place) => place).reverse()].filter((place, at) => place !== -1 && (at === 0 || place !== own));
  for (const place of order) {
    const holds = await holdsMark(files, family[place] as FamilyMember, mark);
    if (holds === "moved") return holds;
    if (holds) return place;
  }
  return -1;
}

async function holdsMark(files: LogFiles, member: FamilyMember, { head, offset }: FileMark): Promise<boolean | "moved"> {
  const file = await openMember(files, member);
  if (file === "moved") return file;
  if (file === null) return false;
  try {
    if (!member.zipped && (await file.facts()).size < offset) return false;
    return await headMatches(file, member.zipped, head);
  } finally {
    await file.close();
  }
}

/** Null where it may not be read. */
export async function openMember(files: LogFiles, { path, identity }: FamilyMember): Promise<OpenLogFile | "moved" | null> {
  const file = await files.open(path);
  if ("trouble" in file) return file.trouble === "missing" ? "moved" : null;
  if ((await file.facts()).identity === identity) return file;
  await file.close();
  return "moved";
}

async function look(files: LogFiles, path: string): Promise<FamilyMember[]> {
  const [folder, base] = [dirname(path), basename(path)];
  const names = (await files.names(folder)).filter((name) => name.startsWith(base) && ROTATED.test(name.slice(base.length)));
  // While a file is being compressed both are there, and the compressed one is not whole.
  const whole = names.filter((name) => !(ZIPPED.test(name) && names.includes(name.replace(ZIPPED, ""))));
  const paths = [...inOrderOfTime(whole.map((name) => join(folder, name))), path];
  const members = await Promise.all(
    paths.map(async (each) => {
      const facts = await files.facts(each);
      return facts === null ? [] : [{ ...facts, path: each, zipped: each !== path && ZIPPED.test(each) }];
    }),
  );
  return members.flat();
}

function same(one: readonly FamilyMember[], other: readonly FamilyMember[]): boolean {
  return one.length === other.length && one.every(({ path, identity }, at) => path === other[at]?.path && identity === other[at]?.identity);
}
