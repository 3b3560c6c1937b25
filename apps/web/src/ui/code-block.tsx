import { CopyButton } from "./copy-button.tsx";

/** Text to paste, with its button. Long lines wrap; what is copied is the text as it is. */
export function CodeBlock({ title, text }: { title: string; text: string }) {
  return (
    <div className="min-w-0">
      <div className="mb-1.5 flex items-center justify-between gap-3">
        <p className="text-sm font-semibold text-soft">{title}</p>
        <CopyButton text={text} what={title} />
      </div>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="overflow-x-auto rounded-lg break-words border border-line bg-raised px-3.5 py-3 font-mono text-[13px] leading-relaxed whitespace-pre-wrap"
      >
        {text}
      </pre>
    </div>
  );
}
