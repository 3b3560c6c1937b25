import { useLab } from "../../api/use-lab.ts";
import { WaysToBegin } from "../diagnose/ways-to-begin.tsx";

/** Nothing was ever done here: what this page will be, and the ways to begin. */
export function Begin() {
  const lab = useLab();
  return (
    <div className="mx-auto max-w-6xl space-y-8">
      <header className="mx-auto max-w-2xl pt-4 text-center sm:pt-8">
        <h1 className="text-3xl font-bold tracking-tight sm:text-4xl">Nothing was looked at yet</h1>
        <p className="mt-3 text-soft">
          This page will show what is broken, since when and how sure that is. It learns that from probes of mail hosts and from mail logs
          that are followed.
        </p>
      </header>
      <WaysToBegin lab={lab} />
    </div>
  );
}
