import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { parseLogView } from "./api/log-view.ts";
import { DiagnosePage } from "./pages/diagnose/diagnose-page.tsx";
import { Frame } from "./pages/frame.tsx";
import { NotFoundPage } from "./pages/not-found-page.tsx";
import { ProbePage } from "./pages/probe/probe-page.tsx";

const root = createRootRoute({ component: Frame, notFoundComponent: NotFoundPage });
const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/diagnose", replace: true });
  },
});
const diagnose = createRoute({ getParentRoute: () => root, path: "/diagnose", component: DiagnosePage });
export const probeRoute = createRoute({
  getParentRoute: () => root,
  path: "/diagnose/$id",
  component: function Probe() {
    const { id } = probeRoute.useParams();
    return <ProbePage key={id} id={id} />;
  },
});

const logs = createRoute({
  getParentRoute: () => root,
  path: "/logs",
  validateSearch: parseLogView,
  component: lazyRouteComponent(() => import("./pages/logs/logs-page.tsx"), "LogsPage"),
});
const peer = createRoute({
  getParentRoute: () => root,
  path: "/peers/$peer",
  validateSearch: parseLogView,
  component: lazyRouteComponent(() => import("./pages/peer/peer-page.tsx"), "PeerPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([home, diagnose, probeRoute, logs, peer]),
  defaultPreload: false,
  scrollRestoration: true,
  // What no page has checked is left out of the address.
  search: { strict: true },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
