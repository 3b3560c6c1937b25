/** The wall screen: opened once by a link, watched from five metres, and left alone for weeks. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./page.css";
import "./pages/wall/wall.css";
import { keepAwake } from "./pages/wall/screen-care.ts";
import { WallFeed } from "./pages/wall/wall-feed.ts";
import { readWallOptions, wallToken } from "./pages/wall/wall-options.ts";
import { WallPage } from "./pages/wall/wall-page.tsx";

const RELOAD_AFTER_ERROR_MS = 10_000;

const options = readWallOptions(window.location.search);
// Not `applyTheme`: what a screen wears is in its link, and changes nothing of the dashboard in this browser.
if (options.theme !== "system") document.documentElement.dataset.theme = options.theme;

const feed = new WallFeed({
  group: options.group,
  token: wallToken(window.location.pathname),
  onOtherVersion: () => window.location.reload(),
});
feed.start();
keepAwake();

const root = document.getElementById("root");
if (root !== null) {
  // Nobody is there to press a key: a page that broke begins anew.
  const onUncaughtError = () => setTimeout(() => window.location.reload(), RELOAD_AFTER_ERROR_MS);
  createRoot(root, { onUncaughtError }).render(
    <StrictMode>
      <WallPage feed={feed} options={options} />
    </StrictMode>,
  );
}
