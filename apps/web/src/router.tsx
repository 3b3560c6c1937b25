import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { parseLogView } from "./api/log-view.ts";
import { DiagnosePage } from "./pages/diagnose/diagnose-page.tsx";
import { diagnoseSearch } from "./pages/diagnose/diagnose-search.ts";
import { findingsSearch } from "./pages/findings/findings-search.ts";
import { Frame } from "./pages/frame/frame.tsx";
import { lazyPage } from "./pages/lazy-page.tsx";
import { machineSearch } from "./pages/machine-search.ts";
import { NotFoundPage } from "./pages/not-found-page.tsx";
import { overviewSearch } from "./pages/overview/overview-search.ts";
import { PageProblem } from "./pages/page-problem.tsx";
import { peerSearch } from "./pages/peer/peer-search.ts";
import { peersSearch } from "./pages/peers/peers-search.ts";
import { playbookSearch } from "./pages/playbook/playbook-search.ts";
import { probeSearch } from "./pages/probe/probe-search.ts";

// Most of the page draws a diagnosis: who begins one need not wait for it.
const ProbePage = lazyPage(async () => (await import("./pages/probe/probe-page.tsx")).ProbePage);

const root = createRootRoute({ component: Frame, notFoundComponent: NotFoundPage });
const overview = createRoute({
  getParentRoute: () => root,
  path: "/",
  validateSearch: overviewSearch,
  component: lazyPage(async () => (await import("./pages/overview/overview-page.tsx")).OverviewPage),
});
const diagnose = createRoute({ getParentRoute: () => root, path: "/diagnose", validateSearch: diagnoseSearch, component: DiagnosePage });
export const probeRoute = createRoute({
  getParentRoute: () => root,
  path: "/diagnose/$id",
  validateSearch: probeSearch,
  component: Object.assign(
    function Probe() {
      const { id } = probeRoute.useParams();
      return <ProbePage key={id} id={id} />;
    },
    { preload: ProbePage.preload },
  ),
});
const findings = createRoute({
  getParentRoute: () => root,
  path: "/findings",
  validateSearch: findingsSearch,
  component: lazyPage(async () => (await import("./pages/findings/findings-page.tsx")).FindingsPage),
});
const finding = createRoute({
  getParentRoute: () => root,
  path: "/findings/$id",
  component: lazyPage(async () => (await import("./pages/findings/finding-page.tsx")).FindingPage),
});
const playbook = createRoute({
  getParentRoute: () => root,
  path: "/playbook",
  validateSearch: playbookSearch,
  component: lazyPage(async () => (await import("./pages/playbook/playbook-page.tsx")).PlaybookPage),
});

const logs = createRoute({
  getParentRoute: () => root,
  path: "/logs",
  validateSearch: parseLogView,
  component: lazyPage(async () => (await import("./pages/logs/logs-page.tsx")).LogsPage),
});
const peers = createRoute({
  getParentRoute: () => root,
  path: "/peers",
  validateSearch: peersSearch,
  component: lazyPage(async () => (await import("./pages/peers/peers-page.tsx")).PeersPage),
});
const peer = createRoute({
  getParentRoute: () => root,
  path: "/peers/$peer",
  validateSearch: peerSearch,
  component: lazyPage(async () => (await import("./pages/peer/peer-page.tsx")).PeerPage),
});

const host = createRoute({
  getParentRoute: () => root,
  path: "/host",
  validateSearch: machineSearch,
  component: lazyPage(async () => (await import("./pages/host/host-page.tsx")).HostPage),
});
const live = createRoute({
  getParentRoute: () => root,
  path: "/live",
  validateSearch: machineSearch,
  component: lazyPage(async () => (await import("./pages/live/live-page.tsx")).LivePage),
});
const queue = createRoute({
  getParentRoute: () => root,
  path: "/queue",
  validateSearch: machineSearch,
  component: lazyPage(async () => (await import("./pages/queue/queue-page.tsx")).QueuePage),
});
const stress = createRoute({
  getParentRoute: () => root,
  path: "/stress",
  component: lazyPage(async () => (await import("./pages/stress/stress-page.tsx")).StressPage),
});
const stressRun = createRoute({
  getParentRoute: () => root,
  path: "/stress/$id",
  component: lazyPage(async () => (await import("./pages/stress/stress-run-page.tsx")).StressRunPage),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: lazyPage(async () => (await import("./pages/settings/settings-page.tsx")).SettingsStart),
});
const settingsSection = createRoute({
  getParentRoute: () => root,
  path: "/settings/$section",
  component: lazyPage(async () => (await import("./pages/settings/settings-page.tsx")).SettingsPage),
});

export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    diagnose,
    probeRoute,
    findings,
    finding,
    logs,
    peers,
    peer,
    playbook,
    host,
    live,
    queue,
    stress,
    stressRun,
    settings,
    settingsSection,
  ]),
  defaultPreload: false,
  defaultErrorComponent: PageProblem,
  scrollRestoration: true,
  // What no page has checked is left out of the address.
  search: { strict: true },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
