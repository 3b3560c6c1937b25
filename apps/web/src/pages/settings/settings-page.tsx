import { roleReaches, type Setting, type UserRole } from "@mxray/contracts";
import { getRouteApi, Link, Navigate, useBlocker } from "@tanstack/react-router";
import {
  Archive,
  Bell,
  Crosshair,
  History,
  Info,
  KeyRound,
  Link2,
  type LucideIcon,
  ScrollText,
  Server,
  Timer,
  UserRound,
  Users,
  Wrench,
} from "lucide-react";
import { useSession } from "../../api/use-access.ts";
import { useSettings } from "../../api/use-settings.ts";
import { WatchesPanel } from "../../panels/watching/watches-panel.tsx";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Message } from "../../ui/message.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { AboutSection } from "./about-section.tsx";
import { AccountSection } from "./account-section.tsx";
import { AgentsSection } from "./agents-section.tsx";
import { AlertsSection } from "./alerts-section.tsx";
import { AuditSection } from "./audit-section.tsx";
import { type Drafts, useDrafts } from "./drafts.ts";
import { LinksSection } from "./links-section.tsx";
import { LogsSection } from "./logs-section.tsx";
import { MaintenanceSection } from "./maintenance-section.tsx";
import { SettingsForm } from "./settings-form.tsx";
import { SETTINGS_SECTIONS, type SettingsSection } from "./settings-sections.ts";
import { TokensSection } from "./tokens-section.tsx";
import { UsersSection } from "./users-section.tsx";

const route = getRouteApi("/settings/$section");

const ICONS: Record<SettingsSection, LucideIcon> = {
  logs: ScrollText,
  agents: Server,
  targets: Crosshair,
  automatic: Timer,
  maintenance: Wrench,
  alerts: Bell,
  retention: Archive,
  users: Users,
  tokens: KeyRound,
  audit: History,
  account: UserRound,
  links: Link2,
  about: Info,
};

/** Leads to the first section that the user's role shows. */
export function SettingsStart() {
  const [first] = sectionsOf(useSession().data?.role);
  return first === undefined ? null : <Navigate to="/settings/$section" params={{ section: first[0] }} replace />;
}

/** What can be set while the server runs, and what it is: one section at a time, each with an address. */
export function SettingsPage() {
  const { section } = route.useParams();
  usePageTitle("Settings");
  const role = useSession().data?.role;
  const settings = useSettings(role === "admin");
  const drafts = useDrafts();
  const unsaved = (settings.data?.settings ?? []).some((setting) => drafts.isChanged(setting));
  const leaving = useBlocker({
    shouldBlockFn: ({ next }) => unsaved && !next.pathname.startsWith("/settings/"),
    enableBeforeUnload: unsaved,
    withResolver: true,
  });
  const seen = sectionsOf(role);
  const known = seen.find(([name]) => name === section)?.[0];
  return (
    <div>
      <h1 className="mb-4 text-2xl font-bold">Settings</h1>
      <div className="grid gap-4 lg:grid-cols-[13rem_minmax(0,1fr)] lg:gap-8">
        <nav aria-label="Settings">
          <ul className="flex flex-wrap gap-1 lg:sticky lg:top-4 lg:flex-col">
            {seen.map(([name, title]) => (
              <li key={name}>
                <Link
                  to="/settings/$section"
                  params={{ section: name }}
                  className="flex items-center gap-2.5 rounded-lg px-2.5 py-2 text-sm font-medium text-soft hover:bg-raised hover:text-ink"
                  activeProps={{ className: "bg-accent-soft text-accent!" }}
                >
                  <SectionIcon name={name} /> {title}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="min-w-0 space-y-4">
          {role === undefined ? (
            <p className="py-8 text-center text-soft">Loading …</p>
          ) : known === undefined ? (
            <Message tone="info">Your role has no section of that name. Choose one from the list.</Message>
          ) : known === "links" ? (
            <LinksSection />
          ) : known === "maintenance" ? (
            <MaintenanceSection />
          ) : known === "account" ? (
            <AccountSection />
          ) : settings.isError ? (
            <Message tone="bad" action={<Button onClick={() => settings.refetch()}>Try again</Button>}>
              {settings.error.message}
            </Message>
          ) : settings.isPending ? (
            <p className="py-8 text-center text-soft">Loading …</p>
          ) : (
            <Section name={known} settings={settings.data.settings} drafts={drafts} />
          )}
        </div>
      </div>
      {leaving.status === "blocked" && (
        <ConfirmDialog title="Leave without saving?" action="Leave" onClose={leaving.reset} onConfirm={leaving.proceed}>
          <p>Your changes are not saved and will be lost.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

function SectionIcon({ name }: { name: SettingsSection }) {
  const Icon = ICONS[name];
  return <Icon size={16} aria-hidden className="shrink-0" />;
}

function sectionsOf(role: UserRole | undefined) {
  return SETTINGS_SECTIONS.filter(([, , least]) => role !== undefined && roleReaches(role, least));
}

/** One that needs the settings, or is for admins. */
type AdminSection = Exclude<SettingsSection, "links" | "maintenance" | "account">;

function Section({ name, ...form }: { name: AdminSection; settings: Setting[]; drafts: Drafts }) {
  switch (name) {
    case "logs":
      return <LogsSection />;
    case "agents":
      return <AgentsSection />;
    case "targets":
      return (
        <>
          <SettingsForm title="What may be probed" names={["doNotProbe", "allowTargets", "allowPorts"]} {...form}>
            <p className="mb-5 max-w-[75ch] text-soft">
              Checked against the resolved address on every connection, so DNS cannot bypass it. Changes apply to the next connection.
            </p>
          </SettingsForm>
          <SettingsForm title="How mxray introduces itself" names={["helo", "contact"]} {...form} />
        </>
      );
    case "automatic":
      return (
        <>
          <SettingsForm title="What mxray probes automatically" names={["logProbing", "watchMinutes", "mostMonitors"]} {...form} />
          <WatchesPanel empty="Nothing is watched. Turn on Watch on the page of a probe, finding or peer." />
          <p className="text-sm text-soft">
            <a className="text-accent underline underline-offset-2" href="/api/v1/monitors.yaml" download="monitors.yaml">
              Export agents, monitors, maintenance windows and channels
            </a>{" "}
            as the file that <code>mxray apply</code> reads.
          </p>
        </>
      );
    case "alerts":
      return <AlertsSection />;
    case "retention":
      return (
        <SettingsForm title="Retention periods" names={["logDays", "logEventDays", "probeDays", "auditDays"]} {...form}>
          <p className="mb-5 max-w-[75ch] text-soft">
            Older data is deleted every hour, and when one of these settings changes. mxray overwrites what it deletes in its store; it
            cannot delete copies elsewhere, such as backups, file-system snapshots, downloaded reports and alerts that were sent.
          </p>
        </SettingsForm>
      );
    case "users":
      return <UsersSection />;
    case "tokens":
      return <TokensSection />;
    case "audit":
      return <AuditSection />;
    case "about":
      return <AboutSection settings={form.settings} />;
  }
}
