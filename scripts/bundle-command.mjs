/**
 * The command in a few files (`apps/cli/dist`), which start in half the time that its sources take. Never needed:
 * `apps/cli/bin/mxray.js` runs the sources where there is no bundle or a source changed since.
 */
import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { rolldown } from "rolldown";
import { root } from "./setup.mjs";

const folder = join(root, "apps/cli/dist");
const work = `${folder}.${process.pid}`;
const began = Date.now();

// The server, the lab and the stress test start processes and threads from their own sources.
const bundle = await rolldown({
  input: { main: join(root, "apps/cli/src/main.ts") },
  platform: "node",
  external: [/^@mxray\/(?:server|lab|stress)$/],
});
mkdirSync(work, { recursive: true });
try {
  await bundle.write({ dir: work, format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name].js" });
  // The time of a file that changed since then does not match, so its bundle is not used.
  const times = (await bundle.watchFiles).map((file) => [relative(root, file), Math.min(statSync(file).mtimeMs, began)]);
  writeFileSync(join(work, "sources.json"), JSON.stringify(Object.fromEntries(times)));
  rmSync(folder, { recursive: true, force: true });
  renameSync(work, folder);
} finally {
  rmSync(work, { recursive: true, force: true });
  await bundle.close();
}
