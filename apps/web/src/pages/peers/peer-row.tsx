import type { PeerMail, PeerSummary } from "@mxray/contracts";
import { Link } from "@tanstack/react-router";
import { FINDING_NAMES } from "../../format/finding-names.ts";
import { formatAgo, formatCount, formatSince, formatTime } from "../../format/numbers.ts";
import { CONFIDENCE_WORDS, PATH_TONES, toneOf } from "../../format/words.ts";
import { TONE_TEXT } from "../../ui/tone.ts";
import { ToneIcon } from "../../ui/tone-icon.tsx";

/** The columns of a row where there is room for them; below, its parts stand under one another. */
export const PEER_COLUMNS = "lg:grid-cols-[18px_minmax(0,2.2fr)_minmax(0,2fr)_5.5rem_minmax(0,1.1fr)_minmax(0,1.1fr)_7.5rem]";

/** A peer in a list: who, what is wrong, how large packets may be, what became of its mail, when it was seen. */
export function PeerRow({
  peer: { peer, addresses, addressCount, trouble, troubleCount, path, outbound, inbound, ...seen },
}: {
  peer: PeerSummary;
}) {
  const stalls = outbound.stalled + inbound.stalled > 0;
  const tone = trouble === null ? (stalls ? "info" : "ok") : trouble.state === "acknowledged" ? "info" : toneOf(trouble);
  const more = addressCount - addresses.length;
  return (
    <Link
      to="/peers/$peer"
      params={{ peer }}
      data-row
      className={`grid grid-cols-[18px_minmax(0,1fr)_auto] gap-x-3 gap-y-1 px-4 py-3 -outline-offset-2 hover:bg-raised lg:items-start ${PEER_COLUMNS}`}
    >
      <span className="row-span-4 pt-0.5 lg:row-span-1">
        <ToneIcon tone={tone} />
      </span>
      <span className="col-span-2 min-w-0 lg:col-span-1">
        <span className="block truncate font-mono text-[13px] font-semibold" title={peer}>
          {peer}
        </span>
        {!(addressCount === 1 && addresses[0] === peer) && (
          <span className="block truncate text-xs text-soft" title={addresses.join(", ")}>
            {addresses.length === 0 ? "no address known" : addresses.join(", ")}
            {more > 0 && ` and ${more} more`}
          </span>
        )}
      </span>
      <span className="col-span-2 min-w-0 text-sm lg:col-span-1">
        {trouble === null ? (
          <span className="text-soft">{stalls ? "some stalls, no finding" : "no known problems"}</span>
        ) : (
          <>
            <span className={`block truncate font-semibold ${TONE_TEXT[tone]}`} title={trouble.title}>
              {FINDING_NAMES[trouble.code]}
              {troubleCount > 1 && <span className="font-normal text-soft"> and {troubleCount - 1} more</span>}
            </span>
            <span className="block truncate text-xs text-soft" title={`since ${formatTime(trouble.sinceAt)}`}>
              {formatSince(trouble.sinceAt)}, {trouble.state === "acknowledged" ? "acknowledged" : CONFIDENCE_WORDS[trouble.confidence]}
            </span>
          </>
        )}
      </span>
      <span className="col-span-2 flex min-w-0 flex-wrap gap-x-4 text-xs text-soft lg:contents lg:text-sm">
        <span className="tabular-nums">
          <Label>Path MTU</Label>
          {path === null ? (
            <span className="text-faint" title="not measured">
              –<span className="sr-only"> not measured</span>
            </span>
          ) : (
            <span className={`font-semibold ${TONE_TEXT[PATH_TONES[path.verdict]]}`} title={`measured ${formatTime(path.at)}`}>
              {path.mtu}
            </span>
          )}
        </span>
        <Mail direction="Out" mail={outbound} />
        <Mail direction="In" mail={inbound} />
        <Seen {...seen} />
      </span>
    </Link>
  );
}

function Mail({ direction, mail: { delivered, deferred, stalled } }: { direction: string; mail: PeerMail }) {
  const none = delivered + deferred + stalled === 0;
  return (
    <span className={`min-w-0 tabular-nums ${none ? "hidden lg:block" : ""}`}>
      <Label>{direction}</Label>
      {none ? (
        <span className="text-faint">–</span>
      ) : (
        <>
          <span className="text-ink">{formatCount(delivered)}</span>
          <span className="lg:hidden"> delivered</span>
          <span className="text-xs lg:block">
            <span className="lg:hidden">{deferred + stalled > 0 && ", "}</span>
            {deferred > 0 && <span className="text-warn">{formatCount(deferred)} deferred</span>}
            {deferred > 0 && stalled > 0 && ", "}
            {stalled > 0 && <span className="font-semibold text-bad">{formatCount(stalled)} stalled</span>}
          </span>
        </>
      )}
    </span>
  );
}

function Seen({ loggedAt, probedAt }: Pick<PeerSummary, "loggedAt" | "probedAt">) {
  return (
    <span className="text-xs">
      {loggedAt !== null && (
        <time className="lg:block" dateTime={loggedAt} title={formatTime(loggedAt)}>
          logged {formatAgo(loggedAt)}
        </time>
      )}
      {loggedAt !== null && probedAt !== null && <span className="lg:hidden">, </span>}
      {probedAt !== null && (
        <time className="lg:block" dateTime={probedAt} title={formatTime(probedAt)}>
          probed {formatAgo(probedAt)}
        </time>
      )}
    </span>
  );
}

/** What the head of the column says where there are columns. */
function Label({ children }: { children: string }) {
  return <span className="mr-1.5 text-faint lg:sr-only">{children}</span>;
}
