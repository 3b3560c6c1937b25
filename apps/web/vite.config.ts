import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

/**
 * Two builds into one folder: the page with the shared diagnosis, whose scripts are files of their own (no inline script
 * passes the server's content security policy), and, as mode `standalone`, the shared diagnosis as one file that opens from
 * disk with the network off.
 */
export default defineConfig(({ mode }) => {
  const standalone = mode === "standalone";
  return {
    plugins: [react(), tailwind(), ...(standalone ? [viteSingleFile({ removeViteModuleLoader: true })] : [])],
    build: {
      outDir: "dist",
      emptyOutDir: !standalone,
      rollupOptions: { input: standalone ? ["share-standalone.html"] : ["index.html", "share.html", "wall.html"] },
      modulePreload: { polyfill: false },
    },
    server: {
      proxy: Object.fromEntries(["/api", "/sign-in", "/d", "/wall", "/healthz"].map((path) => [path, "http://localhost:8425"])),
    },
  };
});
