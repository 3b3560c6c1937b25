import { DIRECTIONS, MAIL_STAGES } from "@mxray/contracts";
import { X } from "lucide-react";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { LOG_RANGES, type LogRange, type LogView } from "../../api/log-view.ts";
import { DIRECTION_WORDS, MAIL_STAGE_WORDS } from "../../format/log-words.ts";
import { Segments } from "../../ui/segments.tsx";
import { Time } from "../../ui/time.tsx";

const RANGE_NAMES: Record<LogRange, string> = { hour: "Hour", day: "Day", week: "Week", month: "Month", year: "Year" };
const RANGES = Object.keys(LOG_RANGES) as LogRange[];
const FIELD = "h-9 min-w-0 rounded-lg border border-line bg-card px-2.5 text-sm";

/** What all that is below is narrowed to. */
export function LogFilters({
  view,
  change,
  ofPeer = false,
}: {
  view: LogView;
  change: (view: LogView) => void;
  /** The page is one peer's already. */
  ofPeer?: boolean;
}) {
  const { range = "day", direction, peer, stage } = view;
  return (
    <section aria-label="Narrow" className="no-print flex flex-wrap items-center gap-2">
      <Segments
        options={RANGES}
        names={RANGE_NAMES}
        chosen={isBetween(view) ? null : range}
        choose={(chosen) => change({ ...without(view, "from", "to"), range: chosen })}
      />
      <Choice
        label="Direction"
        options={DIRECTIONS}
        words={DIRECTION_WORDS}
        all="both directions"
        chosen={direction}
        choose={(chosen) => change(put(view, "direction", chosen))}
      />
      <Choice
        label="Stage"
        options={MAIL_STAGES}
        words={MAIL_STAGE_WORDS}
        all="every stage"
        chosen={stage}
        choose={(chosen) => change(put(view, "stage", chosen))}
      />
      {!ofPeer && <PeerField peer={peer ?? ""} change={(text) => change(put(view, "peer", text === "" ? undefined : text))} />}
      <NarrowedRanges view={view} change={change} />
    </section>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly options: readonly T[];
  readonly words: Readonly<Record<T, string>>;
  /** What is chosen when none is. */
  readonly all: string;
  readonly chosen: T | undefined;
  readonly choose: (chosen: T | undefined) => void;
}

function Choice<T extends string>({ label, options, words, all, chosen, choose }: ChoiceProps<T>) {
  return (
    <select
      aria-label={label}
      value={chosen ?? ""}
      onChange={({ target }) => choose(options.find((each) => each === target.value))}
      className={FIELD}
    >
      <option value="">{all}</option>
      {options.map((each) => (
        <option key={each} value={each}>
          {words[each]}
        </option>
      ))}
    </select>
  );
}

/** What charts narrowed the view to, each to be taken away again. */
function NarrowedRanges({ view, change }: { view: LogView; change: (view: LogView) => void }) {
  const { minSize, maxSize, minBytes, maxBytes } = view;
  return (
    <>
      {isBetween(view) && (
        <Narrowed away="Clear the time range" onAway={() => change(without(view, "from", "to"))}>
          <Time at={view.from} /> to <Time at={view.to} />
        </Narrowed>
      )}
      {minSize !== undefined && maxSize !== undefined && (
        <Narrowed away="Lines of messages of any size" onAway={() => change(without(view, "minSize", "maxSize"))}>
          lines of messages of {bytesWords(minSize, maxSize)}
        </Narrowed>
      )}
      {minBytes !== undefined && maxBytes !== undefined && (
        <Narrowed away="Lines of any loss" onAway={() => change(without(view, "minBytes", "maxBytes"))}>
          lines of losses after {bytesWords(minBytes, maxBytes)}
        </Narrowed>
      )}
    </>
  );
}

function isBetween(view: LogView): view is LogView & { readonly from: string; readonly to: string } {
  return view.from !== undefined && view.to !== undefined;
}

function Narrowed({ children, away, onAway }: { children: ReactNode; away: string; onAway: () => void }) {
  return (
    <button
      type="button"
      onClick={onAway}
      className="inline-flex min-h-9 items-center gap-1.5 rounded-lg bg-accent-soft px-3 text-left text-sm text-accent"
    >
      <span>{children}</span> <X size={14} className="shrink-0" aria-label={away} />
    </button>
  );
}

function bytesWords(from: number, to: number): string {
  return `${from === to ? from : `${from}–${to}`} bytes`;
}

/** Asked for when it is typed whole: by Enter, or by leaving it. */
function PeerField({ peer, change }: { peer: string; change: (peer: string) => void }) {
  const [text, setText] = useState(peer);
  useEffect(() => setText(peer), [peer]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== peer) change(text.trim());
  };
  return (
    <form onSubmit={submit} onBlur={submit} className="min-w-0 grow sm:max-w-72">
      <input
        type="search"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          if (target.value === "") change("");
        }}
        placeholder="Peer: name or address"
        aria-label="Peer"
        maxLength={255}
        spellCheck={false}
        className={`${FIELD} w-full`}
      />
    </form>
  );
}

function put<K extends keyof LogView>(view: LogView, key: K, value: LogView[K] | undefined): LogView {
  return value === undefined ? without(view, key) : { ...view, [key]: value };
}

function without(view: LogView, ...keys: (keyof LogView)[]): LogView {
  return Object.fromEntries(Object.entries(view).filter(([key]) => !(keys as string[]).includes(key)));
}
