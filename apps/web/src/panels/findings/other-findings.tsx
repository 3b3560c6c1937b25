import type { Finding } from "@mxray/contracts";

/** On paper there is nothing to click: the findings that are not looked at are printed too, with how they are known. */
export function OtherFindings({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <div className="print-only space-y-2">
      {findings.map(({ code, subject, title, summary, severity, confidence, evidence }) => (
        <section key={`${code} ${subject.address} ${subject.port}`} className="card rounded-xl border border-line">
          <h2 className="text-base font-semibold wrap-anywhere">{title}</h2>
          <p className="text-sm text-soft">
            {severity}, {confidence}, {code}
          </p>
          <p className="mt-1 wrap-anywhere">{summary}</p>
          <ul className="mt-1 list-disc gap-x-8 pl-5 text-sm print:columns-2">
            {evidence.map(({ text }) => (
              <li key={text} className="wrap-anywhere">
                {text}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
