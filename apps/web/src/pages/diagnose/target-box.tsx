import { isQueueId, type ProbeRequest, parseTarget } from "@mxray/contracts";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { LoaderCircle, Search, SlidersHorizontal } from "lucide-react";
import { type FormEvent, type KeyboardEvent as KeyPress, type RefObject, useEffect, useRef, useState } from "react";
import { api } from "../../api/client.ts";
import { startTypedProbe } from "../../api/typed-probe.ts";
import { useMay } from "../../api/use-access.ts";
import { Button } from "../../ui/button.tsx";
import { Message } from "../../ui/message.tsx";
import { DeliveryOption } from "./delivery-option.tsx";
import { LineExplanation } from "./line-explanation.tsx";
import { VantageOption } from "./vantage-option.tsx";

/** The one box: a domain, a host, an address or a mail address; or a log line, a bounce or a queue id, of which it says what it means. */
export function TargetBox() {
  const box = useRef<HTMLTextAreaElement>(null);
  // The box is on the first page, too, whose address names no target.
  const { target: given = "" } = useSearch({ strict: false });
  const [text, setText] = useState(given);
  const [options, setOptions] = useState<OptionsState>({});
  const [more, setMore] = useState(false);
  const { start, explain, problem, setProblem } = useAnswers();
  const may = useMay("operator") !== false;

  useEffect(() => {
    box.current?.focus();
    if (given !== "") setText(given);
  }, [given]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const task = taskOf(text.trim(), options);
    if (task.kind === "probe" && !may) return setProblem("Probing needs the role operator; ask an admin for it.");
    setProblem(task.kind === "refuse" ? task.problem : null);
    if (task.kind === "refuse" && task.about === "options") setMore(true);
    else if (task.kind !== "probe") box.current?.focus();
    if (task.kind === "explain") explain.mutate(task.text);
    if (task.kind === "probe") start.mutate(task.request);
  };
  const change = (changed: string) => {
    setText(changed);
    setProblem(null);
    explain.reset();
  };

  return (
    <form onSubmit={submit} className="rounded-2xl border border-line bg-card p-3 shadow-sm sm:p-4">
      <TargetField box={box} text={text} change={change} wrong={problem !== null} busy={start.isPending || explain.isPending} may={may} />
      <TargetHelp more={more} setMore={setMore} may={may} />
      {problem !== null && (
        <div id="target-problem" className="mt-2">
          <Message tone="bad">{problem}</Message>
        </div>
      )}
      {explain.data !== undefined && explain.data.kind !== "unknown" && <LineExplanation explanation={explain.data} />}
      {more && may && <Options options={options} setOptions={setOptions} />}
    </form>
  );
}

/** What the server answers to a probe that is started and to a text that is explained, and what is wrong with either. */
function useAnswers() {
  const navigate = useNavigate();
  const [problem, setProblem] = useState<string | null>(null);
  const onError = ({ message }: Error) => setProblem(message);
  const start = useMutation({
    mutationFn: startTypedProbe,
    onSuccess: ({ id }) => navigate({ to: "/diagnose/$id", params: { id } }),
    onError,
  });
  const explain = useMutation({
    mutationFn: api.explain,
    onSuccess: ({ kind }, asked) => {
      if (kind !== "unknown") return;
      const parsed = parseTarget(asked, { mailAddress: true });
      setProblem(
        parsed.ok || asked.includes("\n")
          ? "mxray found no target, mail log line, bounce, queue listing or firewall line in this text."
          : parsed.message,
      );
    },
    onError,
  });
  return { start, explain, problem, setProblem };
}

type Task =
  | { readonly kind: "probe"; readonly request: ProbeRequest }
  | { readonly kind: "explain"; readonly text: string }
  | { readonly kind: "refuse"; readonly about: "text" | "options"; readonly problem: string };

function taskOf(asked: string, options: OptionsState): Task {
  const parsed = parseTarget(asked, { mailAddress: true });
  // A queue id could be a host without a dot, too; few hosts look like one.
  if (asked !== "" && (!parsed.ok || isQueueId(asked))) return { kind: "explain", text: asked };
  if (!parsed.ok) return { kind: "refuse", about: "text", problem: parsed.message };
  if (options.deliverTo !== undefined && options.deliverConfirmed !== options.deliverTo) {
    const problem = "The end-of-data test really delivers: confirm its recipient under Options, or take the recipient out.";
    return { kind: "refuse", about: "options", problem };
  }
  return { kind: "probe", request: { target: parsed.target.input, ...options } };
}

interface TargetFieldProps {
  readonly box: RefObject<HTMLTextAreaElement | null>;
  readonly text: string;
  readonly change: (text: string) => void;
  readonly wrong: boolean;
  readonly busy: boolean;
  /** Who may not probe can have texts explained. */
  readonly may: boolean;
}

function TargetField({ box, text, change, wrong, busy, may }: TargetFieldProps) {
  const submitByEnter = (event: KeyPress<HTMLTextAreaElement>) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.currentTarget.form?.requestSubmit();
  };

  return (
    <div className="flex flex-col gap-2.5 sm:flex-row">
      <label className="relative min-w-0 flex-1">
        <span className="sr-only">Domain, host, address, mail address, log line, bounce, queue listing, firewall line or queue ID</span>
        <Search size={19} aria-hidden className="absolute top-3.5 left-3.5 text-faint" />
        <textarea
          ref={box}
          data-slash
          rows={1}
          value={text}
          onKeyDown={submitByEnter}
          onChange={({ target }) => change(target.value)}
          placeholder={may ? "example.com" : ""}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={100_000}
          aria-invalid={wrong}
          aria-describedby={wrong ? "target-problem" : "target-help"}
          className="field-sizing-content block max-h-56 min-h-12 w-full resize-none rounded-xl border border-line bg-ground py-[11px] pr-4 pl-11 font-mono text-base wrap-anywhere placeholder:text-faint"
        />
      </label>
      <Button type="submit" look="primary" className="h-12 rounded-xl px-6 text-base" disabled={busy}>
        {busy && <LoaderCircle size={18} aria-hidden className="animate-spin" />}
        {may ? "Diagnose" : "Explain"}
      </Button>
    </div>
  );
}

function TargetHelp({ more, setMore, may }: { more: boolean; setMore: (more: boolean) => void; may: boolean }) {
  if (!may) {
    return (
      <p id="target-help" className="mt-2 px-1 text-sm text-soft">
        Paste a line of a mail log, a bounce or a queue id. Probing needs the role <strong>operator</strong>.
      </p>
    );
  }
  return (
    <div className="mt-2 flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-1">
      <p id="target-help" className="text-sm text-soft">
        A domain, a host (<code className="font-mono text-[13px]">mx1.example.com:25</code>), an address or a mail address; or paste lines
        of a mail log, a bounce, a queue listing, a line of a firewall’s log, a queue ID.
      </p>
      <button
        type="button"
        aria-expanded={more}
        onClick={() => setMore(!more)}
        className="inline-flex items-center gap-1.5 rounded-md px-1.5 py-1 text-sm font-semibold text-soft hover:text-ink"
      >
        <SlidersHorizontal size={15} aria-hidden /> Options
      </button>
    </div>
  );
}

type OptionsState = Omit<ProbeRequest, "target">;

function Options({ options, setOptions }: { options: OptionsState; setOptions: (options: OptionsState) => void }) {
  const { recipient, family, ...others } = options;
  const { deliverTo, deliverConfirmed, ...probing } = options;
  const { vantage, vantages, ...anywhere } = options;
  return (
    <div className="mt-3 grid gap-4 border-t border-line px-1 pt-4 text-sm sm:grid-cols-2">
      <label>
        <span className="mb-1 block font-semibold text-soft">Recipient of the test (nothing is delivered)</span>
        <input
          value={recipient ?? ""}
          placeholder="postmaster at the domain"
          onChange={({ target }) =>
            setOptions({ ...others, ...keep({ family }), ...(target.value === "" ? {} : { recipient: target.value }) })
          }
          className="h-9 w-full rounded-lg border border-line bg-ground px-3 font-mono text-[13px]"
        />
      </label>
      <label>
        <span className="mb-1 block font-semibold text-soft">Addresses</span>
        <select
          value={family ?? ""}
          onChange={({ target }) =>
            setOptions({
              ...others,
              ...keep({ recipient }),
              ...(target.value === "" ? {} : { family: target.value === "4" ? 4 : 6 }),
            })
          }
          className="h-9 w-full rounded-lg border border-line bg-ground px-3"
        >
          <option value="">IPv4 and IPv6</option>
          <option value="4">IPv4 only</option>
          <option value="6">IPv6 only</option>
        </select>
      </label>
      <VantageOption {...keep({ vantage, vantages })} change={(chosen) => setOptions({ ...anywhere, ...chosen })} />
      <label className="flex items-center gap-2">
        <input
          type="checkbox"
          className="size-4 accent-(--accent)"
          checked={options.noMx === true}
          onChange={({ target }) => setOptions({ ...options, noMx: target.checked })}
        />
        Treat as host name (skip MX lookup)
      </label>
      <label className="flex items-center gap-2">
        <input
          type="checkbox"
          className="size-4 accent-(--accent)"
          checked={options.allAddresses === true}
          onChange={({ target }) => setOptions({ ...options, allAddresses: target.checked })}
        />
        Trace every address
      </label>
      <DeliveryOption {...keep({ deliverTo, deliverConfirmed })} change={(delivery) => setOptions({ ...probing, ...delivery })} />
    </div>
  );
}

/** Without what is not there: the API takes no `undefined`. */
function keep<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
