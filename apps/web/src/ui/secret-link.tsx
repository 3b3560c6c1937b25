import { CopyButton } from "./copy-button.tsx";

/** A link, or another secret, that is shown once, to be copied. */
export function SecretLink({ url, label, what = "the link" }: { url: string; label: string; what?: string }) {
  return (
    <div className="flex items-center gap-2">
      <input
        readOnly
        value={url}
        aria-label={label}
        onFocus={({ target }) => target.select()}
        className="h-9 min-w-0 flex-1 rounded-lg border border-line bg-ground px-3 font-mono text-[13px]"
      />
      <CopyButton text={url} what={what} />
    </div>
  );
}

/** A command that holds a secret, shown once, to be edited and copied: all of it can be read. */
export function SecretCommand({ command, label }: { command: string; label: string }) {
  return (
    <div className="flex items-start gap-2">
      <textarea
        readOnly
        value={command}
        rows={2}
        aria-label={label}
        onFocus={({ target }) => target.select()}
        className="field-sizing-content min-w-0 flex-1 rounded-lg border border-line bg-ground px-3 py-1.5 font-mono text-[13px] break-all"
      />
      <CopyButton text={command} what="the command" />
    </div>
  );
}
