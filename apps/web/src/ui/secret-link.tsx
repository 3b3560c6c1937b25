import { CopyButton } from "./copy-button.tsx";

/** A link that is shown once, to be copied. */
export function SecretLink({ url, label }: { url: string; label: string }) {
  return (
    <div className="flex items-center gap-2">
      <input
        readOnly
        value={url}
        aria-label={label}
        onFocus={({ target }) => target.select()}
        className="h-9 min-w-0 flex-1 rounded-lg border border-line bg-ground px-3 font-mono text-[13px]"
      />
      <CopyButton text={url} what="the link" />
    </div>
  );
}
