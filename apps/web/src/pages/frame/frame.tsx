/** What every page of the dashboard has around it. */
import { Outlet } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useState, useSyncExternalStore } from "react";
import { sessionEnd } from "../../api/session-end.ts";
import { useSession } from "../../api/use-access.ts";
import { useLiveStatus } from "../../api/use-live.ts";
import { PartBoundary } from "../page-problem.tsx";
import { Notices } from "./notices.tsx";
import { TopBar } from "./top-bar.tsx";
import { useSearchKeys } from "./use-search-keys.ts";

// Not everybody hangs up a screen, or searches: a dialog comes when it is asked for.
const WallDialog = lazy(async () => ({ default: (await import("../wall-links/wall-dialog.tsx")).WallDialog }));
const SearchDialog = lazy(async () => ({ default: (await import("../search/search-dialog.tsx")).SearchDialog }));
const SessionDialog = lazy(async () => ({ default: (await import("./session-dialog.tsx")).SessionDialog }));

export function Frame() {
  const [wall, setWall] = useState(false);
  const [searching, search] = useState(false);
  useSearchKeys(useCallback(() => search(true), []));
  const ended = useSyncExternalStore(sessionEnd.onChange, sessionEnd.standing);
  const { signedOut } = useLiveStatus();
  const session = useSession();
  return (
    <div className="flex min-h-screen flex-col">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-10 focus:rounded-lg focus:bg-card focus:px-3 focus:py-2"
      >
        Skip to the content
      </a>
      <TopBar openSearch={() => search(true)} openWall={() => setWall(true)} />
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
