import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

/**
 * Two builds into one folder: the page with the shared diagnosis, whose scripts are files of their own (no inline script
 * passes the server's content security policy), and, as mode `standalone`, the shared diagnosis as one file that opens from
 * disk with the network off.
 */
export default defineConfig(({ mode }) => {
  const standalone = mode === "standalone";
  return {
    plugins: [
      react(),
      tailwind(),
      ...(standalone ? [viteSingleFile({ removeViteModuleLoader: true })] : [styleBehindSkeleton(), compressedCopies("dist/assets")]),
    ],
    build: {
      outDir: "dist",
      emptyOutDir: !standalone,
      rollupOptions: { input: standalone ? ["share-standalone.html"] : ["index.html", "share.html", "wall.html"] },
      modulePreload: { polyfill: false },
    },
    server: {
      proxy: Object.fromEntries(["/api", "/sign-in", "/d", "/s", "/wall", "/healthz"].map((path) => [path, "http://localhost:8425"])),
    },
  };
});

/** The style sheet moves behind the skeleton, which a browser then draws without waiting for it; scripts wait for the sheet. */
function styleBehindSkeleton(): Plugin {
  return {
    name: "style-behind-skeleton",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html) {
        const sheets = html.match(/ *<link rel="stylesheet"[^>]*>\n?/g) ?? [];
        const rest = sheets.reduce((text, sheet) => text.replace(sheet, ""), html);
        return rest.replace(/ *<\/body>/, (end) => `${sheets.join("")}${end}`);
      },
    },
  };
}

/** Beside each script and style its copies for browsers that take them compressed: done once, not by the server each time. */
function compressedCopies(folder: string): Plugin {
  return {
    name: "compressed-copies",
    apply: "build",
    async closeBundle() {
      const names = (await readdir(folder)).filter((name) => /\.(?:js|css)$/.test(name));
      await Promise.all(
        names.map(async (name) => {
          const path = join(folder, name);
          const content = await readFile(path);
          await writeFile(`${path}.br`, await promisify(brotliCompress)(content));
          await writeFile(`${path}.gz`, await promisify(gzip)(content));
        }),
      );
    },
  };
}
