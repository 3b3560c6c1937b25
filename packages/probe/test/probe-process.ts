/** Runs one probe in whatever network namespace it was started in: target and options (JSON) in, observation out. */
import { parseTarget } from "@mxray/contracts";
import { localProbeRunner, type ProbeOptions } from "@mxray/probe";

const [target = "", options = "{}", blind = ""] = process.argv.slice(2);
const parsed = parseTarget(target);
if (!parsed.ok) throw new Error(parsed.message);
const runProbe = blind === "blind" ? localProbeRunner({ ok: false, reason: "This machine tells nothing." }) : localProbeRunner();
const observation = await runProbe({
  target: parsed.target,
  vantage: { name: "local", host: "test", version: "0" },
  owner: false,
  ...(JSON.parse(options) as Partial<ProbeOptions>),
});
process.stdout.write(JSON.stringify(observation), () => process.exit(0));
