/**
 * The prober of the practice lab: a process on the machine of the lab's client, which runs the probes that the server asks
 * for. Ends with the process that started it.
 */
import { localProbeRunner, type ProbeCall, parseOwnerZones, RemoteProber } from "@mxray/probe";

const prober = new RemoteProber({
  runProbe: localProbeRunner(),
  ownerZones: parseOwnerZones(process.env.MXRAY_OWNER_ZONES ?? "off") ?? "off",
  tell: (notice) => process.send?.(notice, () => undefined),
});

process.on("disconnect", () => process.exit());
process.on("message", (message) => prober.receive(message as ProbeCall));
process.send?.("listening");
