import { createRootRoute, createRoute, createRouter, redirect } from "@tanstack/react-router";
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

export const router = createRouter({
  routeTree: root.addChildren([home, diagnose, probeRoute]),
  defaultPreload: false,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
