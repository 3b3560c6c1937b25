import { FileUp, X } from "lucide-react";
import { useId } from "react";
import type { LogScanControl, LogScanState } from "../../api/use-log-scan.ts";
import { formatCount, formatSize } from "../../format/numbers.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Message } from "../../ui/message.tsx";
import { LogScanResult } from "./log-scan-result.tsx";
import { useFileDrop } from "./use-file-drop.ts";

/** A log file that is dropped anywhere on the page, or chosen: sent, read by the server, and shown in place. */
export function LogUpload({ upload: { state, start, dismiss } }: { upload: LogScanControl }) {
  const id = useId();
  const over = useFileDrop(start);
  return (
    <>
      {over && (
        <div className="pointer-events-none fixed inset-0 z-20 grid place-items-center bg-ground/85 p-6">
          <p className="rounded-2xl border-2 border-dashed border-accent bg-card px-8 py-10 text-center text-lg font-semibold">
            Drop the log file to have it analysed
          </p>
        </div>
      )}
      <div className="flex flex-wrap items-center gap-3">
        <input
          id={id}
          type="file"
          className="peer sr-only"
          onChange={({ target }) => {
            const [file] = target.files ?? [];
            if (file !== undefined) start(file);
            // The same file can be chosen again.
            target.value = "";
          }}
        />
        <label htmlFor={id} className={`${buttonClass()} cursor-pointer peer-focus-visible:outline-2 peer-focus-visible:outline-accent`}>
          <FileUp size={16} aria-hidden /> Analyse a log file
        </label>
        <span className="text-sm text-soft">or drop one anywhere on this page: plain or gzip, of any size. Nothing of it is kept.</span>
      </div>
      <Upload state={state} dismiss={dismiss} />
    </>
  );
}

function Upload({ state, dismiss }: { state: LogScanState; dismiss: () => void }) {
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
      return <LogScanResult name={state.name} scan={state.scan} close={dismiss} />;
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
            {part === 1 && "; the findings are being made"}
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
