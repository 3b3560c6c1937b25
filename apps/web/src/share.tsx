/** The shared diagnosis: its data stands in the page, so it opens without an account, and from disk. */
import type { SharedDiagnosis } from "@mxray/contracts";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./page.css";
import { SharePage } from "./pages/share/share-page.tsx";
import { applyTheme, readTheme } from "./ui/theme.ts";

applyTheme(readTheme());

const root = document.getElementById("root");
const data = document.getElementById("diagnosis")?.textContent;
if (root !== null) {
  const shared = data ? (JSON.parse(data) as SharedDiagnosis) : null;
  createRoot(root).render(
    <StrictMode>
      {shared === null ? <p style={{ padding: "2rem" }}>This page holds no diagnosis.</p> : <SharePage shared={shared} />}
    </StrictMode>,
  );
}
