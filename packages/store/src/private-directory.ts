/** Directories for what people mail about, which is private: only the owner reads them. */
import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a directory, and those above it that are missing. One by one: with `recursive`, Node tries for ever where a file system says
 * that the parent of a new directory does not exist although it does, such as /proc (https://man7.org/linux/man-pages/man2/mkdir.2.html).
 *
 * @throws what mkdir(2) says
 */
export async function makePrivateDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && (await isDirectory(path))) return;
    const parent = dirname(path);
    if (code !== "ENOENT" || (await isDirectory(parent))) throw error;
    await makePrivateDirectory(parent);
    // It may have been made by another process until now.
    await makePrivateDirectory(path);
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
