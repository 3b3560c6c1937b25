import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiProblem } from "./api/client.ts";
import { LiveConnection } from "./api/live-connection.ts";
import { refreshFromLive } from "./api/live-refresh.ts";
import { LiveContext } from "./api/use-live.ts";
import "./page.css";
import { router } from "./router.tsx";
import { applyTheme, readTheme } from "./ui/theme.ts";

applyTheme(readTheme());

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // An answer that says no says no again; only silence is worth asking twice.
      retry: (count, error) => count < 2 && error instanceof ApiProblem && error.code === "unreachable",
    },
  },
});

const live = new LiveConnection();
refreshFromLive(live, queries);

const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <LiveContext value={live}>
          <RouterProvider router={router} />
        </LiveContext>
      </QueryClientProvider>
    </StrictMode>,
  );
}
