import type { TranscriptLine } from "@mxray/contracts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Disclosure } from "../../ui/disclosure.tsx";

const COLOURS = { "<": "text-info", ">": "text-ink", "*": "text-faint italic" } as const;
const WORDS = { "<": "the host said", ">": "we said", "*": "what happened" } as const;

/** Every line that went over the wire, with its time. */
export function TranscriptPanel({ transcript, title = "Transcript" }: { transcript: readonly TranscriptLine[]; title?: string }) {
  const text = transcript
    .map(({ at, connection, dir, text: said }) => `${at.toFixed(1).padStart(9)} ${connection} ${dir} ${said}`)
    .join("\n");
  return (
    <Disclosure title={title} aside={transcript.length === 1 ? "1 line" : `${transcript.length} lines`}>
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2 text-sm text-soft">
        <span>milliseconds since the start · connection · “&lt;” the host, “&gt;” us</span>
        <CopyButton text={text} what="the transcript" />
      </div>
      <div
        className="max-h-[28rem] overflow-auto rounded-lg border border-line bg-raised px-3 py-2 font-mono text-[12.5px] leading-relaxed"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
      >
        <table>
          <tbody>
            {transcript.map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines only ever follow one another
              <tr key={index} className={`align-top ${COLOURS[line.dir]}`}>
                <td className="pr-3 text-right whitespace-nowrap text-faint tabular-nums">{line.at.toFixed(1)}</td>
                <td className="pr-2 text-faint">{line.connection}</td>
                <td className="pr-2" aria-label={WORDS[line.dir]}>
                  {line.dir}
                </td>
                <td className="break-all whitespace-pre-wrap">{line.text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Disclosure>
  );
}
