/** What a link opens: its data stands in the page, so it opens without an account, and from disk. */
import type { SharedDiagnosis, SharedStress } from "@mxray/contracts";
import { lazy, StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import "./page.css";
import { SharePage } from "./pages/share/share-page.tsx";
import { applyTheme, readTheme } from "./ui/theme.ts";

const StressSharePage = lazy(async () => ({ default: (await import("./pages/share/stress-share-page.tsx")).StressSharePage }));

applyTheme(readTheme());

const root = document.getElementById("root");
const data = document.getElementById("diagnosis")?.textContent;
if (root !== null) {
  const shared = data ? (JSON.parse(data) as SharedDiagnosis | SharedStress) : null;
  createRoot(root).render(
    <StrictMode>
      <Suspense>
        <Shared shared={shared} />
      </Suspense>
    </StrictMode>,
  );
}

function Shared({ shared }: { shared: SharedDiagnosis | SharedStress | null }) {
  if (shared === null) return <p style={{ padding: "2rem" }}>This page holds no diagnosis.</p>;
  return shared.schema === "mxray.diagnosis/1" ? <SharePage shared={shared} /> : <StressSharePage shared={shared} />;
}
