import type { Evidence } from "@mxray/contracts";
import { Card } from "../../ui/card.tsx";
import { Time } from "../../ui/time.tsx";
import { evidenceByAddress } from "./evidence-by-address.ts";

/** How we know: what was measured, one line each, by address where there are several. */
export function EvidencePanel({
  evidence,
  told,
}: {
  evidence: readonly Evidence[];
  /** What the page says elsewhere. */
  told?: string | undefined;
}) {
  const [first] = evidence;
  const groups = evidenceByAddress(evidence)
    .map(({ address, texts }) => ({ address, texts: texts.filter((text) => text !== told) }))
    .filter(({ texts }) => texts.length > 0);
  const [alone] = groups;
  if (first === undefined || alone === undefined) return null;
  return (
    <Card
      title="How we know"
      aside={
        <>
          measured <Time at={first.at} show="zoned" />
        </>
      }
    >
      {groups.length === 1 ? (
        <Texts texts={alone.texts} inColumns />
      ) : (
        <div className="grid gap-x-8 gap-y-4 lg:grid-cols-2 print:block">
          {groups.map(({ address, texts }) => (
            <section key={address} className={address === null ? "col-span-full" : "min-w-0 print:mb-2"}>
              {address !== null && <h3 className="mb-1.5 font-mono text-[13px] font-semibold">{address}</h3>}
              <Texts texts={texts} inColumns={address === null} />
            </section>
          ))}
        </div>
      )}
    </Card>
  );
}

function Texts({ texts, inColumns }: { texts: readonly string[]; inColumns: boolean }) {
  return (
    <ol className={`grid gap-x-8 gap-y-2 print:block print:columns-2 ${inColumns ? "lg:grid-cols-2" : ""}`}>
      {texts.map((text, index) => (
        <li key={text} className="grid grid-cols-[1.6rem_minmax(0,1fr)] items-baseline print:mb-1">
          <span className="font-mono text-xs text-faint" aria-hidden>
            {index + 1}
          </span>
          <span className="wrap-anywhere">{text}</span>
        </li>
      ))}
    </ol>
  );
}
