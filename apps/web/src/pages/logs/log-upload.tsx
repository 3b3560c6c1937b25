import { X } from "lucide-react";
import { lazy, Suspense } from "react";
import type { LogScanControl, LogScanState } from "../../api/use-log-scan.ts";
import { formatCount, formatSize } from "../../format/numbers.ts";
import { Button } from "../../ui/button.tsx";
import { Message } from "../../ui/message.tsx";

// It draws charts: who has dropped nothing need not wait for it.
const LogScanResult = lazy(async () => ({ default: (await import("./log-scan-result.tsx")).LogScanResult }));

/** A log file that is sent and read by the server: how far it is, or what came of it. */
export function LogUpload({ upload: { state, dismiss } }: { upload: LogScanControl }) {
  switch (state.kind) {
    case "idle":
      return null;
    case "reading":
      return <Reading state={state} cancel={dismiss} />;
    case "failed":
      return (
        <Message tone="bad" action={<Button onClick={dismiss}>Close</Button>}>
          {state.name} was not analysed: {state.message}
        </Message>
      );
    case "read":
      return (
        <Suspense fallback={<p className="py-8 text-center text-soft">Loading …</p>}>
          <LogScanResult name={state.name} scan={state.scan} close={dismiss} />
        </Suspense>
      );
    default:
      return state satisfies never;
  }
}

function Reading({
  state: { name, size, sent, lines },
  cancel,
}: {
  state: Extract<LogScanState, { kind: "reading" }>;
  cancel: () => void;
}) {
  const part = size === 0 ? 1 : Math.min(1, sent / size);
  return (
    <section aria-label="Reading a log" className="rounded-xl border border-line bg-card p-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0">
          <span className="font-semibold wrap-anywhere">{name}</span>{" "}
          <span className="text-soft tabular-nums">
            {formatSize(sent)} of {formatSize(size)} sent, {formatCount(lines)} lines read
            {part === 1 && "; computing findings"}
          </span>
        </p>
        <Button onClick={cancel}>
          <X size={16} aria-hidden /> Cancel
        </Button>
      </div>
      <progress value={part} max={1} aria-label={`Reading ${name}`} className="mt-3 h-2 w-full accent-(--accent)" />
    </section>
  );
}
