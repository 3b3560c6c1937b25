import { getRouteApi, Link, useBlocker } from "@tanstack/react-router";
import { Archive, Crosshair, Info, Link2, type LucideIcon, ScrollText, Timer } from "lucide-react";
import { useSettings } from "../../api/use-settings.ts";
import { WatchesPanel } from "../../panels/watching/watches-panel.tsx";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Message } from "../../ui/message.tsx";
import { AboutSection } from "./about-section.tsx";
import { type Drafts, useDrafts } from "./drafts.ts";
import { LinksSection } from "./links-section.tsx";
import { LogsSection } from "./logs-section.tsx";
import { SettingsForm } from "./settings-form.tsx";
import { SETTINGS_SECTIONS, type SettingsSection } from "./settings-sections.ts";

const route = getRouteApi("/settings/$section");

const ICONS: Record<SettingsSection, LucideIcon> = {
  logs: ScrollText,
  targets: Crosshair,
  automatic: Timer,
  retention: Archive,
  links: Link2,
  about: Info,
};

/** What can be set while the server runs, and what it is: one section at a time, each with an address. */
export function SettingsPage() {
  const { section } = route.useParams();
  const settings = useSettings();
  const drafts = useDrafts();
  const unsaved = (settings.data?.settings ?? []).some((setting) => drafts.isChanged(setting));
  const leaving = useBlocker({
    shouldBlockFn: ({ next }) => unsaved && !next.pathname.startsWith("/settings/"),
    enableBeforeUnload: unsaved,
    withResolver: true,
  });
  const known = SETTINGS_SECTIONS.find(([name]) => name === section)?.[0];
  return (
    <div>
      <h1 className="mb-4 text-2xl font-bold">Settings</h1>
      <div className="grid gap-4 lg:grid-cols-[13rem_minmax(0,1fr)] lg:gap-8">
        <nav aria-label="Settings">
          <ul className="flex flex-wrap gap-1 lg:sticky lg:top-4 lg:flex-col">
            {SETTINGS_SECTIONS.map(([name, title]) => (
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
          {known === undefined ? (
            <Message tone="info">Settings have no section of that name; choose one of those that are listed.</Message>
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
          <p>What you typed into these settings is not saved yet, and is lost with the page.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

function SectionIcon({ name }: { name: SettingsSection }) {
  const Icon = ICONS[name];
  return <Icon size={16} aria-hidden className="shrink-0" />;
}

function Section({ name, ...form }: { name: SettingsSection; settings: Parameters<typeof SettingsForm>[0]["settings"]; drafts: Drafts }) {
  switch (name) {
    case "logs":
      return <LogsSection />;
    case "targets":
      return (
        <>
          <SettingsForm title="What may be probed" names={["doNotProbe", "allowTargets", "allowPorts"]} {...form}>
            <p className="mb-5 max-w-[75ch] text-soft">
              Judged on the resolved address at every connect, so that no name leads around it. A change holds for the next connect.
            </p>
          </SettingsForm>
          <SettingsForm title="How mxray introduces itself" names={["helo", "contact"]} {...form} />
        </>
      );
    case "automatic":
      return (
        <>
          <SettingsForm title="What mxray probes by itself" names={["logProbing", "watchMinutes"]} {...form} />
          <WatchesPanel empty="Nothing is watched. The switch Watch stands on the page of each probe, finding and peer." />
        </>
      );
    case "retention":
      return (
        <SettingsForm title="How long things are kept" names={["logDays", "logEventDays", "probeDays"]} {...form}>
          <p className="mb-5 max-w-[75ch] text-soft">What is older is forgotten every hour, and when one of these is changed.</p>
        </SettingsForm>
      );
    case "links":
      return <LinksSection />;
    case "about":
      return <AboutSection settings={form.settings} />;
  }
}
