import { useLab } from "../../api/use-lab.ts";
import { PracticeDomains } from "../diagnose/practice-domains.tsx";
import { WaysToBegin } from "../diagnose/ways-to-begin.tsx";
import { MachinePages } from "./machine-pages.tsx";

/** The first page before anything was probed or read: what it will show, and the ways to begin. */
export function Begin() {
  const lab = useLab();
  const intro = (
    <header className="mx-auto max-w-2xl pt-4 text-center sm:pt-8">
      <h1 className="text-3xl font-bold tracking-tight sm:text-4xl">No data yet</h1>
      <p className="mt-3 text-soft">
        Once you probe a host or follow a mail log, this page shows what is broken, since when, and how certain that is.
      </p>
    </header>
  );
  return (
    <div className="mx-auto max-w-7xl space-y-8">
      <WaysToBegin lab={lab} intro={intro} />
      {lab.info?.state === "ready" && <PracticeDomains vantage={lab.info.name} domains={lab.info.domains} />}
      <div className="text-center">
        <MachinePages />
      </div>
    </div>
  );
}
