import type { LinkSummary } from "@mxray/contracts";
import { Link } from "@tanstack/react-router";
import { FileSearch, Gauge, MonitorCheck } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useRevoking, works } from "../../api/links.ts";
import { formatAgo, formatTime } from "../../format/numbers.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Message } from "../../ui/message.tsx";
import { Time } from "../../ui/time.tsx";

const COLUMNS = "@3xl:grid-cols-[minmax(0,2.2fr)_minmax(0,1.1fr)_minmax(0,1.7fr)_minmax(0,1.1fr)_4rem_minmax(0,1.1fr)_5.5rem]";
const WORDS = {
  diagnosis: { icon: FileSearch, what: "one diagnosis", link: "link to the diagnosis of" },
  stress: { icon: Gauge, what: "one stress test", link: "link to the stress test of" },
  wall: { icon: MonitorCheck, what: "the wall screen", link: "wall link" },
} as const;
const HEADS = ["Opens", "Made", "By", "Last used", "Opened", "Expires", ""];

/** Links that were given out: what each opens, who made it, whether it is used, and its end. Rows of a table where there is room. */
export function LinkRows({ label, links }: { label: string; links: readonly LinkSummary[] }) {
  const [asked, ask] = useState<LinkSummary | null>(null);
  const revoke = useRevoking();
  return (
    <div className="@container">
      {revoke.error !== null && <Message tone="bad">{revoke.error.message}</Message>}
      <div aria-hidden className={`hidden gap-x-4 border-b border-line pb-1.5 text-sm text-soft @3xl:grid ${COLUMNS}`}>
        {HEADS.map((head) => (
          <span key={head}>{head}</span>
        ))}
      </div>
      <ul aria-label={label} className="divide-y divide-line">
        {links.map((link) => (
          <Row key={link.id} link={link} revoke={() => ask(link)} />
        ))}
      </ul>
      {asked !== null && (
        <ConfirmDialog
          title={`Revoke the ${WORDS[asked.opens].link} ${asked.name}?`}
          action={asked.opens === "wall" ? "Revoke the wall link" : "Revoke the link"}
          busy={revoke.isPending}
          onClose={() => ask(null)}
          onConfirm={() => revoke.mutate(asked, { onSettled: () => ask(null) })}
        >
          <p>{consequence(asked)}</p>
          <p>
            It was made {formatTime(asked.createdAt)} and {usageWords(asked)}. A revoked link cannot be restored.
          </p>
        </ConfirmDialog>
      )}
    </div>
  );
}

function Row({ link, revoke }: { link: LinkSummary; revoke: () => void }) {
  const { opens, name, probeId, stressId, createdAt, lastUsedAt, opened, expiresAt } = link;
  const { icon: Icon, what } = WORDS[opens];
  return (
    <li className={`relative flex flex-wrap gap-x-4 py-3 pl-6 text-sm @3xl:grid @3xl:items-center @3xl:py-2.5 @3xl:pl-0 ${COLUMNS}`}>
      <div className="-ml-6 flex w-full min-w-0 items-start gap-2 pr-24 @3xl:ml-0 @3xl:w-auto @3xl:pr-0">
        <Icon size={16} aria-hidden className="mt-0.5 shrink-0 text-faint" />
        <div className="min-w-0">
          <p className="font-semibold wrap-anywhere">
            {stressId !== null ? (
              <Link to="/stress/$id" params={{ id: stressId }} className="text-accent hover:underline">
                {name}
              </Link>
            ) : probeId === null ? (
              name
            ) : (
              <Link to="/diagnose/$id" params={{ id: probeId }} className="text-accent hover:underline">
                {name}
              </Link>
            )}
          </p>
          <p className="text-soft">{what}</p>
        </div>
      </div>
      <Cell label="Made">
        <Time at={createdAt} show="ago" />
      </Cell>
      <Cell label="By">
        <Maker link={link} />
      </Cell>
      <Cell label="Last used">{lastUsedAt === null ? "never" : <Time at={lastUsedAt} show="ago" />}</Cell>
      <Cell label="Opened">{opened}×</Cell>
      <Cell label="Expires">{expiresAt === null ? "when revoked" : <Time at={expiresAt} show="ago" />}</Cell>
      <div className="absolute top-2.5 right-0 @3xl:static @3xl:text-right">
        <State link={link} revoke={revoke} />
      </div>
    </li>
  );
}

function State({ link, revoke }: { link: LinkSummary; revoke: () => void }) {
  if (works(link, new Date().toISOString())) {
    return (
      <Button look="danger" aria-label={`Revoke: ${link.name}`} onClick={revoke}>
        Revoke
      </Button>
    );
  }
  return link.revokedAt === null ? (
    <span className="text-soft">expired</span>
  ) : (
    <span className="text-soft" title={formatTime(link.revokedAt)}>
      revoked
    </span>
  );
}

function Cell({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0 wrap-anywhere tabular-nums">
      <span className="text-soft @3xl:sr-only">{label} </span>
      {children}
    </div>
  );
}

function Maker({ link: { madeBy } }: { link: LinkSummary }) {
  if (madeBy === null) return <span className="text-soft">not noted</span>;
  const { here, user, browser, address, signedInAt } = madeBy;
  const from = here ? "this browser" : (browser ?? "another browser");
  return (
    <>
      {user === null ? from : `${user}, ${from}`}
      <span className="text-soft @3xl:block @3xl:text-xs">
        {" "}
        signed in {formatTime(signedInAt)}
        {address !== null && ` from ${address}`}
      </span>
    </>
  );
}

function consequence({ opens }: LinkSummary): string {
  return opens !== "wall"
    ? `Readers see that it was revoked. The ${opens === "diagnosis" ? "diagnosis" : "stress test"} itself is kept.`
    : "Screens that use this link show within seconds that it was revoked, and nothing else.";
}

function usageWords({ opened, lastUsedAt }: LinkSummary): string {
  if (lastUsedAt === null) return "has not been used yet";
  return `was opened ${opened === 1 ? "once" : `${opened} times`}, used last ${formatAgo(lastUsedAt)}`;
}
