/** What every page of the dashboard has around it. */
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { LogOut, MonitorCheck, Search, Settings } from "lucide-react";
import { lazy, Suspense, useCallback, useState, useSyncExternalStore } from "react";
import { api } from "../../api/client.ts";
import { sessionEnd } from "../../api/session-end.ts";
import { useLiveStatus } from "../../api/use-live.ts";
import { ThemeToggle } from "../../ui/theme-toggle.tsx";
import { Wordmark } from "../../ui/wordmark.tsx";
import { PartBoundary } from "../page-problem.tsx";
import { Notices } from "./notices.tsx";
import { SEARCH_KEYS, useSearchKeys } from "./use-search-keys.ts";

// Not everybody hangs up a screen, or searches: a dialog comes when it is asked for.
const WallDialog = lazy(async () => ({ default: (await import("../wall-links/wall-dialog.tsx")).WallDialog }));
const SearchDialog = lazy(async () => ({ default: (await import("../search/search-dialog.tsx")).SearchDialog }));
const SessionDialog = lazy(async () => ({ default: (await import("./session-dialog.tsx")).SessionDialog }));

const PAGES = [
  ["/", "Overview"],
  ["/diagnose", "Diagnose"],
  ["/findings", "Findings"],
  ["/peers", "Peers"],
  ["/logs", "Logs"],
  ["/playbook", "Playbook"],
] as const;

export function Frame() {
  const [wall, setWall] = useState(false);
  const [searching, search] = useState(false);
  useSearchKeys(useCallback(() => search(true), []));
  const ended = useSyncExternalStore(sessionEnd.onChange, sessionEnd.standing);
  const { signedOut } = useLiveStatus();
  const session = useQuery({ queryKey: ["session"], queryFn: api.session, staleTime: Number.POSITIVE_INFINITY });
  return (
    <div className="flex min-h-screen flex-col">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-10 focus:rounded-lg focus:bg-card focus:px-3 focus:py-2"
      >
        Skip to the content
      </a>
      <header className="no-print border-b border-line bg-card">
        <div className="mx-auto flex min-h-14 max-w-page flex-wrap items-center gap-x-4 px-4 pt-2 sm:px-6 sm:pt-0">
          <Link to="/" aria-label="mxray: start" className="flex">
            <Wordmark />
          </Link>
          <nav
            aria-label="Pages"
            className="order-last -mx-2 flex w-full justify-between overflow-x-auto p-1 sm:-mx-1 sm:order-none sm:w-auto sm:justify-start sm:gap-1"
          >
            {PAGES.map(([to, name]) => (
              <Link
                key={to}
                to={to}
                className="rounded-lg px-1 py-1.5 text-[12.5px] font-medium text-soft hover:bg-raised hover:text-ink sm:px-3 sm:text-sm sm:font-semibold"
                activeProps={{ className: "bg-raised text-ink!" }}
                activeOptions={{ exact: to === "/", includeSearch: false }}
              >
                {name}
              </Link>
            ))}
          </nav>
          <div className="ml-auto flex items-center gap-1">
            <button
              type="button"
              className="flex h-9 items-center gap-2 rounded-lg px-2.5 text-sm text-soft hover:bg-raised hover:text-ink md:mr-1 md:border md:border-line md:bg-ground"
              aria-label="Search"
              aria-keyshortcuts="Control+K"
              onClick={() => search(true)}
            >
              <Search size={17} aria-hidden />
              <span className="hidden md:inline">Search</span>
              <kbd className="hidden rounded border border-line bg-card px-1.5 font-sans text-xs text-faint md:inline">{SEARCH_KEYS}</kbd>
            </button>
            <a
              href="/api/docs"
              className="hidden rounded-lg px-3 py-1.5 text-sm font-semibold text-soft hover:bg-raised hover:text-ink sm:block"
            >
              API
            </a>
            <button
              type="button"
              className="flex h-9 items-center gap-2 rounded-lg px-2.5 text-sm font-semibold text-soft hover:bg-raised hover:text-ink"
              aria-label="Wall screen"
              onClick={() => setWall(true)}
            >
              <MonitorCheck size={18} aria-hidden /> <span className="hidden md:inline">Wall screen</span>
            </button>
            <Link
              to="/settings"
              className="grid size-9 place-items-center rounded-lg text-soft hover:bg-raised hover:text-ink"
              activeProps={{ className: "bg-raised text-ink!" }}
              aria-label="Settings"
              title="Settings"
            >
              <Settings size={18} aria-hidden />
            </Link>
            <ThemeToggle />
            <button
              type="button"
              className="grid size-9 place-items-center rounded-lg text-soft hover:bg-raised hover:text-ink"
              aria-label="Sign out"
              title="Sign out"
              onClick={async () => {
                await api.signOut();
                window.location.assign("/");
              }}
            >
              <LogOut size={18} aria-hidden />
            </button>
          </div>
        </div>
      </header>
      <Notices />
      <main id="content" className="mx-auto w-full max-w-page flex-1 px-4 py-6 sm:px-6 sm:py-8">
        <Outlet />
      </main>
      <PartBoundary>
        <Suspense>
          {wall && <WallDialog onClose={() => setWall(false)} />}
          {searching && <SearchDialog onClose={() => search(false)} />}
          {(ended || signedOut) && <SessionDialog />}
        </Suspense>
      </PartBoundary>
      <footer className="mx-auto w-full max-w-page px-4 pb-6 text-xs text-faint sm:px-6">
        mxray {session.data?.version}
        {session.data?.contact != null && ` · probes name ${session.data.contact} as their contact`}
      </footer>
    </div>
  );
}
