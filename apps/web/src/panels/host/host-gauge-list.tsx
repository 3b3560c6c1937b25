import { HOST_GAUGES, type HostGauge, type HostSample, hostGaugeText } from "@mxray/contracts";

const NEAR = 0.8;
const FULL = 0.9;
/** Being busy is no fault. */
const HARMLESS: ReadonlySet<string> = new Set(["cpuBusy", "running", "psiCpuSome"]);

/** Each gauge that was read: a bar where it has a limit, the figures everywhere. */
export function HostGaugeList({ sample: { gauges } }: { sample: HostSample }) {
  return (
    <ul className="grid gap-x-8 gap-y-2 text-sm md:grid-cols-2">
      {Object.entries(HOST_GAUGES).flatMap(([name, { name: label }]) => {
        const gauge = gauges[name];
        const text = gauge === undefined ? null : hostGaugeText(name, gauge.value, gauge.limit);
        return gauge === undefined || text === null ? [] : [<Row key={name} name={name} label={label} gauge={gauge} text={text} />];
      })}
    </ul>
  );
}

function Row({ name, label, gauge, text }: { name: string; label: string; gauge: HostGauge; text: string }) {
  const share = gauge.limit === null || gauge.limit <= 0 ? null : Math.min(1, (gauge.value ?? 0) / gauge.limit);
  return (
    <li>
      <div className="flex justify-between gap-4">
        <span>{label}</span>
        <span className="text-right tabular-nums text-soft">{text.replace(/ %/g, "\u00a0%")}</span>
      </div>
      {share !== null && (
        <div className="mt-1 h-1.5 overflow-hidden rounded bg-raised" aria-hidden>
          <div className={`h-full ${toneOf(name, share)}`} style={{ width: `${100 * share}%` }} />
        </div>
      )}
    </li>
  );
}

function toneOf(name: string, share: number): string {
  if (HARMLESS.has(name) || share < NEAR) return "bg-accent";
  return share < FULL ? "bg-warn" : "bg-bad";
}
