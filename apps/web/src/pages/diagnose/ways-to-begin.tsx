import { FileText, FlaskConical, type LucideIcon, Search } from "lucide-react";
import type { ReactNode } from "react";
import type { Lab } from "../../api/use-lab.ts";
import { type LogScanControl, useLogScan } from "../../api/use-log-scan.ts";
import { Port25Check } from "../../panels/probes/port-25-check.tsx";
import { LogUpload } from "../logs/log-upload.tsx";
import { LogWay } from "./log-way.tsx";
import { PracticeLab } from "./practice-lab.tsx";
import { TargetBox } from "./target-box.tsx";

/**
 * The ways to begin, for a user who has probed nothing yet: the box on top, as wide as a pasted line needs, the others below it.
 *
 * @param intro above them, until a log is read
 */
export function WaysToBegin({ lab, intro }: { lab: Lab; intro?: ReactNode }) {
  const upload = useLogScan();
  if (upload.state.kind === "reading" || upload.state.kind === "read") {
    return (
      <>
        {intro !== undefined && <h1 className="sr-only">Mail log</h1>}
        <LogUpload upload={upload} />
      </>
    );
  }
  return (
    <>
      {intro}
      <Ways lab={lab} upload={upload} />
    </>
  );
}

function Ways({ lab, upload }: { lab: Lab; upload: LogScanControl }) {
  return (
    <div className="grid gap-4 lg:grid-cols-2 [&>:last-child:nth-child(even)]:col-span-full">
      <div className="min-w-0 lg:col-span-full">
        <Way icon={Search} title="Type a domain">
          <div className="[&>form]:border-0 [&>form]:p-0 [&>form]:shadow-none">
            <TargetBox />
          </div>
          <Port25Check />
        </Way>
      </div>
      <Way icon={FileText} title="Analyse a mail log">
        <LogWay onFile={upload.start} />
        {upload.state.kind === "failed" && <LogUpload upload={upload} />}
      </Way>
      {lab.info !== null && (
        <Way icon={FlaskConical} title="Try it on a practice network">
          <PracticeLab lab={lab} />
        </Way>
      )}
    </div>
  );
}

function Way({ icon: Icon, title, children }: { icon: LucideIcon; title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="min-w-0 rounded-2xl border border-line bg-card p-5 sm:p-6">
      <h2 className="mb-4 flex items-center gap-3 text-lg font-semibold">
        <span className="grid size-9 shrink-0 place-items-center rounded-xl bg-accent-soft text-accent">
          <Icon size={19} aria-hidden />
        </span>
        {title}
      </h2>
      {children}
    </section>
  );
}
