/**
 * How fast `mxray probe` is, against the tools that people use today, in a routed network with a real Postfix:
 * a proven black hole against `tracepath`, a healthy host against one `swaks` session, many hosts against `smtp-source`.
 * Needs root (Postfix) and the Debian packages postfix, iputils-tracepath and swaks.
 */
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import type { ProbeReport } from "@mxray/contracts";
import { buildNetwork, describeCapability, type Network, postfixAvailability, startPostfix, startSmtpSink } from "@mxray/lab";

const MXRAY = fileURLToPath(new URL("../../../node_modules/.bin/mxray", import.meta.url));
const RUNS = 5;
const MANY = 1000;

const capability = await describeCapability([
  ["tracepath", "iputils-tracepath"],
  ["swaks", "swaks"],
]);
const postfix = await postfixAvailability();
if (!capability.ok || !postfix.ok) {
  const { reason, remedy } = [capability, postfix].find((each) => !each.ok) as { reason: string; remedy: string };
  console.log(`Skipped: ${reason} ${remedy}`);
  process.exit(0);
}

await using network = await buildNetwork({ routers: 2 });
const address = network.server.address.v4;
{
  await using _server = await startPostfix(network.server);
  await blackHole(network);
  await healthyHost(network);
}
await manyHosts(network);

/** A 1400-byte link whose router keeps "fragmentation needed" to itself. */
async function blackHole(network: Network): Promise<void> {
  await network.setLinkMtu(1, 1400);
  for (const index of network.routers.keys()) await network.dropFragNeeded(index);
  const whole = await times(network, RUNS, MXRAY, ["probe", "--json", address]);
  const verdicts = whole.map(({ stdout }) => provenAfter(JSON.parse(stdout) as ProbeReport));
  const proven = median(verdicts.map(({ ms }) => ms));
  await network.flushRoutes();
  const [trace] = await times(network, 1, "tracepath", ["-n", address]);
  const reported = /pmtu (\d+)/.exec(trace?.stdout.trim().split("\n").at(-1) ?? "")?.[1] ?? "nothing";
  row("proven black hole, exact MTU, from the start of the probe", proven);
  row("the same probe whole, with hop search and process start", median(whole.map(({ ms }) => ms)));
  row(`tracepath -n on the same path (it reports ${reported})`, trace?.ms ?? Number.NaN);
  console.log(`mxray's verdict: MTU ${verdicts[0]?.mtu}; ${ratio(trace?.ms ?? Number.NaN, proven)} times as fast as tracepath\n`);
  await network.reset();
}

function provenAfter({ hosts, findings }: ProbeReport): { ms: number; mtu: number | null } {
  const [finding] = findings;
  if (finding?.code !== "pmtu-black-hole" || finding.confidence !== "proven") throw new Error(`not proven: ${JSON.stringify(finding)}`);
  const rungs = hosts[0]?.path.outbound.rungs ?? [];
  const last = rungs.filter(({ unit, clampedMss }) => unit === "packet" && clampedMss === null).at(-1);
  return { ms: (last?.at ?? Number.NaN) + (last?.ms ?? 0), mtu: hosts[0]?.path.outbound.mtu ?? null };
}

async function healthyHost(network: Network): Promise<void> {
  const ours: number[] = [];
  const theirs: number[] = [];
  // In turn, so that both see the same machine.
  for (let run = 0; run < RUNS; run += 1) {
    ours.push(...(await times(network, 1, MXRAY, ["probe", "--json", address])).map(({ ms }) => ms));
    theirs.push(
      ...(await times(network, 1, "swaks", ["--quit-after", "RCPT", "--to", "postmaster", "--server", address])).map(({ ms }) => ms),
    );
  }
  row("healthy host, every stage and both ladders, with process start", median(ours));
  row("swaks --quit-after RCPT", median(theirs));
  console.log(`mxray takes ${ratio(median(ours), median(theirs))} times as long as swaks\n`);
}

async function manyHosts(network: Network): Promise<void> {
  const port = 2525;
  await using _sink = await startSmtpSink(network.client, { host: "0.0.0.0", port, options: ["-c"] });
  const targets = Array.from({ length: MANY }, (_, index) => `127.1.${index >> 8}.${index & 255}:${port}`);
  const stages = ["probe", "--json", "--stages", "resolve,connect,greeting,ehlo,quit", "--concurrency", "50", ...targets];
  const source = ["-s", "50", "-m", String(MANY), "-f", "a@example.test", "-t", "b@example.test", `inet:127.0.0.1:${port}`];
  const [ours, theirs] = [await times(network, 3, MXRAY, stages), await times(network, 3, "/usr/sbin/smtp-source", source)];
  const ok = (JSON.parse(ours[0]?.stdout ?? "[]") as ProbeReport[]).filter(
    ({ hosts }) => hosts[0]?.stages.find(({ stage }) => stage === "quit")?.outcome === "ok",
  );
  if (ok.length !== MANY) throw new Error(`${MANY - ok.length} of ${MANY} sessions failed`);
  const perSecond = (ms: number) => Math.round(MANY / (ms / 1000));
  const [mine, other] = [median(ours.map(({ ms }) => ms)), median(theirs.map(({ ms }) => ms))];
  console.log(`sessions per second: mxray probe ${perSecond(mine)}, smtp-source (which also sends a message) ${perSecond(other)}`);
  console.log(`mxray makes ${ratio(other, mine)} times as many sessions per second as smtp-source`);
}

/** Runs a command on the client several times, with routes' learned MTUs forgotten. */
async function times(network: Network, runs: number, command: string, args: readonly string[]): Promise<{ ms: number; stdout: string }[]> {
  const results = [];
  for (let run = 0; run < runs; run += 1) {
    await network.flushRoutes();
    const began = performance.now();
    const { stdout } = await network.client.exec(command, args, { cwd: tmpdir(), timeoutMs: 200_000 });
    results.push({ ms: performance.now() - began, stdout });
  }
  return results;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function row(what: string, ms: number): void {
  console.log(`${what.padEnd(64)} ${(ms / 1000).toFixed(2).padStart(7)} s`);
}

function ratio(a: number, b: number): string {
  return (a / b).toFixed(a / b < 10 ? 2 : 0);
}
