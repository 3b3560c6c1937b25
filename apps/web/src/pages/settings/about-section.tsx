import type { ServerAbout, Setting } from "@mxray/contracts";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { api } from "../../api/client.ts";
import { formatSpan } from "../../format/moments.ts";
import { formatCount, formatSize, formatTime } from "../../format/numbers.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Message } from "../../ui/message.tsx";
import { ToneIcon } from "../../ui/tone-icon.tsx";

const FRESH_MS = 30_000;
const FACTS = "grid gap-x-6 gap-y-1.5 sm:grid-cols-[9rem_minmax(0,1fr)]";

/** What this server is, what it can see from where it stands, and every setting as it holds. */
export function AboutSection({ settings }: { settings: readonly Setting[] }) {
  const about = useQuery({ queryKey: ["about"], queryFn: api.about, refetchInterval: FRESH_MS });
  if (about.isPending) return <p className="py-8 text-center text-soft">Loading …</p>;
  if (about.isError) {
    return (
      <Message tone="bad" action={<Button onClick={() => about.refetch()}>Try again</Button>}>
        {about.error.message}
      </Message>
    );
  }
  return (
    <>
      <Server about={about.data} />
      <Abilities about={about.data} />
      <AllSettings about={about.data} settings={settings} />
    </>
  );
}

function Server({ about: { version, node, host, startedAt, licence, store } }: { about: ServerAbout }) {
  return (
    <Card title="This server">
      <dl className={FACTS}>
        <Fact name="mxray">
          {version}, {licence} licence
        </Fact>
        <Fact name="Node">{node}</Fact>
        <Fact name="Host">{host}</Fact>
        <Fact name="Runs">
          <span title={`since ${formatTime(startedAt)}`}>for {formatSpan(Date.now() - Date.parse(startedAt))}</span>
        </Fact>
        <Fact name="Store">
          <span className="font-mono text-[13px]">{store.location}</span>, {formatSize(store.bytes)}
        </Fact>
        <Fact name="Probes kept">{probesKept(store)}</Fact>
        <Fact name="API">
          <a href="/api/docs" className="text-accent underline underline-offset-2">
            documentation of the HTTP API
          </a>
        </Fact>
      </dl>
    </Card>
  );
}

function probesKept({ probes, oldestProbeAt }: ServerAbout["store"]): string {
  return oldestProbeAt === null ? "none" : `${formatCount(probes)}, the oldest of ${formatTime(oldestProbeAt)}`;
}

/** What the local vantage sees of a path. */
function Abilities({ about: { vantage } }: { about: ServerAbout }) {
  const { platform, kernelMissing, tcpInfo, icmpErrors, tcpMtuProbing, interfaces } = vantage;
  return (
    <Card title="Path measurement" aside={platform}>
      {kernelMissing !== null && (
        <div className="mb-4">
          <Message tone="warn">{kernelMissing} Ladders rely on replies and time-outs, and hops are not traced.</Message>
        </div>
      )}
      <dl className={FACTS}>
        <Fact name="Each segment">
          <Ability can={tcpInfo} yes="the kernel reports what became of it (TCP_INFO)" no="the kernel does not report it" />
        </Fact>
        <Fact name="Hops">
          <Ability can={icmpErrors} yes="ICMP errors are read without root (IP_RECVERR)" no="ICMP errors cannot be read here" />
        </Fact>
        <Fact name="tcp_mtu_probing">{tcpMtuProbing === null ? "unknown" : (PROBING_WORDS[tcpMtuProbing] ?? tcpMtuProbing)}</Fact>
        <Fact name="Interfaces">{interfaces.map(({ name, mtu }) => `${name}: MTU ${mtu}`).join(" · ") || "unknown"}</Fact>
      </dl>
    </Card>
  );
}

const PROBING_WORDS: Readonly<Record<number, string>> = {
  0: "0: this machine's own mail does not recover from a black hole",
  1: "1: this machine's own mail recovers from a black hole, slowly",
  2: "2: this machine's own mail begins with small packets",
};

function Ability({ can, yes, no }: { can: boolean; yes: string; no: string }) {
  return (
    <span className="flex items-start gap-2">
      <span className="mt-0.5">
        <ToneIcon tone={can ? "ok" : "warn"} size={16} />
      </span>
      {can ? yes : no}
    </span>
  );
}

function AllSettings({ about, settings }: { about: ServerAbout; settings: readonly Setting[] }) {
  const rows = [
    ...settings.map((setting) => ({ variable: setting.variable, value: textOf(setting), changed: changedIn(setting) })),
    ...about.settings.map(({ variable, value, option }) => ({
      variable,
      value,
      changed: option === null ? "environment, at the start" : `environment or ${option}, at the start`,
    })),
  ];
  return (
    <Card title="All settings">
      <p className="text-soft">Current values, and where to change each. The environment takes precedence over values saved here.</p>
      <dl className="mt-3 divide-y divide-line text-sm">
        {rows.map(({ variable, value, changed }) => (
          <div key={variable} className="grid gap-x-6 py-2 sm:grid-cols-[14rem_minmax(0,1fr)_14rem]">
            <dt className="font-mono text-[13px] font-semibold wrap-anywhere">{variable}</dt>
            <dd className="wrap-anywhere">{value}</dd>
            <dd className="text-soft">{changed}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function textOf({ environment, value, editable }: Setting): string {
  const texts = environment === null ? [value] : editable ? [environment, value] : [environment];
  return (
    texts
      .filter((text) => text !== "")
      .join(", ")
      .replaceAll("\n", ", ") || "none"
  );
}

function changedIn({ environment, editable, saved }: Setting): string {
  if (environment !== null) return editable ? "environment, and added to here" : "environment, at the start";
  return saved ? "here (saved)" : "here (default)";
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-soft">{name}</dt>
      <dd className="mb-2 min-w-0 wrap-anywhere sm:mb-0">{children}</dd>
    </div>
  );
}
