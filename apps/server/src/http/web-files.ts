/** The built page (apps/web/dist), as files on disk. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Refusal } from "../refusal.ts";

export interface WebFiles {
  readonly assetsDir: string;
  /** Differs for each build of the page; null where it is not built. */
  version(): Promise<string | null>;
  index(): Promise<string>;
  sharePage(): Promise<string>;
  standaloneSharePage(): Promise<string>;
  wallPage(): Promise<string>;
}

/** Templates are read anew each time: a page that was rebuilt shows without a restart. */
export function webFiles(dir: string): WebFiles {
  const read = async (name: string) => {
    try {
      return await readFile(join(dir, name), "utf8");
    } catch {
      throw new Refusal("page-not-built", "The page is not built; run 'npm run build' (npm start does that automatically).");
    }
  };
  return {
    assetsDir: join(dir, "assets"),
    async version() {
      // It names its scripts, and their names hold a hash of what is inside.
      const index = await readFile(join(dir, "index.html")).catch(() => null);
      return index === null ? null : createHash("sha256").update(index).digest("hex").slice(0, 16);
    },
    index: () => read("index.html"),
    sharePage: () => read("share.html"),
    standaloneSharePage: () => read("share-standalone.html"),
    wallPage: () => read("wall.html"),
  };
}
