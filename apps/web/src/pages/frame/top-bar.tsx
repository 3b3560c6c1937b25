/** The bar at the top of every page: where to go, what to open. */
import { Link } from "@tanstack/react-router";
import { LogOut, MonitorCheck, Search, Settings } from "lucide-react";
import { api } from "../../api/client.ts";
import { ForRole } from "../../ui/for-role.tsx";
import { ThemeToggle } from "../../ui/theme-toggle.tsx";
import { Wordmark } from "../../ui/wordmark.tsx";
import { SEARCH_KEYS } from "./use-search-keys.ts";

const PAGES = [
  ["/", "Overview"],
  ["/diagnose", "Diagnose"],
  ["/findings", "Findings"],
  ["/peers", "Peers"],
  ["/logs", "Logs"],
  ["/playbook", "Playbook"],
  ["/stress", "Stress"],
] as const;

export function TopBar({ openSearch, openWall }: { openSearch: () => void; openWall: () => void }) {
  return (
    <header className="no-print border-b border-line bg-card">
      <div className="mx-auto flex min-h-14 max-w-page flex-wrap items-center gap-x-4 px-4 pt-2 sm:px-6 sm:pt-0">
        <Link to="/" aria-label="mxray: start" className="flex">
          <Wordmark />
        </Link>
        <PageLinks />
        <div className="ml-auto flex items-center gap-1">
          <SearchButton open={openSearch} />
          <ApiLink />
          <ForRole least="operator">
            <WallButton open={openWall} />
          </ForRole>
          <SettingsLink />
          <ThemeToggle />
          <SignOutButton />
        </div>
      </div>
    </header>
  );
}

function PageLinks() {
  return (
    <nav
      aria-label="Pages"
      className="order-last -mx-2 flex w-full justify-between overflow-x-auto p-1 sm:-mx-1 sm:order-none sm:w-auto sm:justify-start sm:gap-1"
    >
      {PAGES.map(([to, name]) => (
        <Link
          key={to}
          to={to}
          className="rounded-lg px-0.5 py-1.5 text-[11.5px] font-medium text-soft hover:bg-raised hover:text-ink sm:px-3 sm:text-sm sm:font-semibold"
          activeProps={{ className: "bg-raised text-ink!" }}
          activeOptions={{ exact: to === "/", includeSearch: false }}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}

function SearchButton({ open }: { open: () => void }) {
  return (
    <button
      type="button"
      className="flex h-9 items-center gap-2 rounded-lg px-2.5 text-sm text-soft hover:bg-raised hover:text-ink md:mr-1 md:border md:border-line md:bg-ground"
      aria-label="Search"
      aria-keyshortcuts="Control+K"
      onClick={open}
    >
      <Search size={17} aria-hidden />
      <span className="hidden md:inline">Search</span>
      <kbd className="hidden rounded border border-line bg-card px-1.5 font-sans text-xs text-faint md:inline">{SEARCH_KEYS}</kbd>
    </button>
  );
}

function ApiLink() {
  return (
    <a href="/api/docs" className="hidden rounded-lg px-3 py-1.5 text-sm font-semibold text-soft hover:bg-raised hover:text-ink sm:block">
      API
    </a>
  );
}

function WallButton({ open }: { open: () => void }) {
  return (
    <button
      type="button"
      className="flex h-9 items-center gap-2 rounded-lg px-2.5 text-sm font-semibold text-soft hover:bg-raised hover:text-ink"
      aria-label="Wall screen"
      onClick={open}
    >
      <MonitorCheck size={18} aria-hidden /> <span className="hidden md:inline">Wall screen</span>
    </button>
  );
}

function SettingsLink() {
  return (
    <Link
      to="/settings"
      className="grid size-9 place-items-center rounded-lg text-soft hover:bg-raised hover:text-ink"
      activeProps={{ className: "bg-raised text-ink!" }}
      aria-label="Settings"
      title="Settings"
    >
      <Settings size={18} aria-hidden />
    </Link>
  );
}

function SignOutButton() {
  return (
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
  );
}
