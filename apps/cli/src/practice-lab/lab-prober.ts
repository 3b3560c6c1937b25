/**
 * The prober of the practice lab: a process on the machine of the lab's client, which runs the probes that the server asks
 * for and tells what happens as it happens. Before each connection it asks the server. Ends with the process that started it.
 */
import { localProbeRunner, type ProbeOptions, parseOwnerZones } from "@mxray/probe";
import type { LabCall, LabNotice } from "@mxray/server";

type Admission = Awaited<ReturnType<NonNullable<ProbeOptions["admit"]>>>;

const ENDED = "The probe ended before it was its turn.";
const ownerZones = parseOwnerZones(process.env.MXRAY_OWNER_ZONES ?? "off") ?? "off";
const runProbe = localProbeRunner();
const running = new Map<number, AbortController>();
const asked = new Map<number, (refusal: Admission) => void>();
let questions = 0;

process.on("disconnect", () => process.exit());
process.on("message", (message) => {
  const call = message as LabCall;
  switch (call.do) {
    case "probe":
      return void probe(call);
    case "cancel":
      return running.get(call.id)?.abort();
    case "admit":
      return asked.get(call.ask)?.(call.refusal);
  }
});
process.send?.("listening");

async function probe({ id, options }: Extract<LabCall, { do: "probe" }>): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const observation = await runProbe({
      ...options,
      ownerZones,
      signal: controller.signal,
      onEvent: (event) => tell({ tell: "event", id, event }),
      admit: ({ name, address, port, control }, signal) => {
        const host = { name, address, port, ...(control === undefined ? {} : { control }) };
        return answerTo({ tell: "ask", id, ask: ++questions, host }, signal);
      },
    });
    tell({ tell: "done", id, observation });
  } catch (error) {
    tell({ tell: "threw", id, reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  } finally {
    running.delete(id);
  }
}

/** Waits for the server's word; a wait ends with the host's signal. */
function answerTo(question: Extract<LabNotice, { tell: "ask" }>, signal: AbortSignal): Promise<Admission> {
  return new Promise((resolve) => {
    const settle = (refusal: Admission) => {
      asked.delete(question.ask);
      signal.removeEventListener("abort", abandon);
      resolve(refusal);
    };
    const abandon = () => settle(ENDED);
    if (signal.aborted) return settle(ENDED);
    signal.addEventListener("abort", abandon, { once: true });
    asked.set(question.ask, settle);
    tell(question);
  });
}

function tell(notice: LabNotice): void {
  process.send?.(notice, () => undefined);
}
