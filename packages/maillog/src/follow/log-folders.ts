/** Folders in which followed logs must be: a symbolic link in one of them is no way to read other files of the machine. */
import { realpath } from "node:fs/promises";
import { sep } from "node:path";

/** Whether the file at `path`, all links followed, is in one of these folders. @throws what resolving `path` throws */
export async function isInLogFolder(path: string, folders: readonly string[]): Promise<boolean> {
  const target = await realpath(path);
  const real = await Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)));
  return real.some((folder) => target.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`));
}
