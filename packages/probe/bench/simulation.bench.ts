/**
 * How often the path searches take chance for a black hole. No size is always lost on these paths, so every `proven` and every
 * `likely` in this table is wrong. `--runs=N` changes the number of searches per row, `--seed=N` the random numbers,
 * `--only=TEXT` keeps to tables with this text in their title, `--path=TEXT` to paths with this text in their name.
 */
import { seededRandom } from "@mxray/lab";
import { type InboundSearchRequest, type InboundTrial, searchInbound } from "../src/path/inbound-search.ts";
import { searchPath } from "../src/path/path-search.ts";
import { pathVerdict } from "../src/path/path-verdict.ts";
import type { HandshakePatience } from "../src/session/handshake-watch.ts";
import { ChanceHandshakes, type ChanceHost } from "./chance-handshake.ts";
import { type ChancePath, ChanceTraffic, chanceCarrier } from "./chance-path.ts";

const RUNS = numberOf("--runs", 4000);
const ONLY = optionOf("--only") ?? "";
const PATH = optionOf("--path") ?? "";
const random = seededRandom(numberOf("--seed", 1));

const uniform = (loss: number, burst = 1): ChancePath => ({
  name: `any packet is lost with ${loss}${burst === 1 ? "" : `, ${burst} in a row`}`,
  loss: () => loss,
  burst,
});
const above = (size: number, loss: number, burst = 1): ChancePath => ({
  name: `packets above ${size} bytes are lost with ${loss}${burst === 1 ? "" : `, ${burst} in a row`}`,
  loss: (bytes) => (bytes > size ? loss : 0),
  burst,
});
const perByte = (loss: number): ChancePath => ({
  name: `a byte is damaged, packets of 1500 are lost with ${loss}`,
  loss: (bytes) => 1 - (1 - loss) ** (bytes / 1500),
  burst: 1,
});
const PATHS = [
  ...[0.01, 0.05, 0.1, 0.2, 0.3, 0.5].map((loss) => uniform(loss)),
  ...[0.05, 0.1, 0.2].map((loss) => uniform(loss, 4)),
  ...[0.1, 0.3, 0.5, 0.7, 0.8, 0.9].map((loss) => above(1000, loss)),
  ...[0.7, 0.9].map((loss) => above(1400, loss)),
  ...[0.5, 0.7, 0.9].map((loss) => above(1000, loss, 4)),
  ...[0.3, 0.5, 0.7].map(perByte),
];
/** The way from a host is seen in time: so are outages, and how long they last. */
const OUTAGES: readonly ChancePath[] = [
  ...[0, 1000].flatMap((size) =>
    [200, 800].map((longest) => ({
      name: `${size === 0 ? "any packet" : `packets above ${size} bytes`} half of the time, up to ${longest} ms`,
      loss: (bytes: number) => (bytes > size ? 0.5 : 0),
      burst: 1,
      outageMs: longest,
    })),
  ),
];

interface Claim {
  readonly verdict: string;
  readonly confidence: string | null;
  readonly mtu?: number | null;
  readonly exact?: boolean | undefined;
}

async function outbound(path: ChancePath, family: 4 | 6): Promise<Claim> {
  const traffic = new ChanceTraffic(path, random);
  const { carrier, first } = chanceCarrier(traffic, family);
  const context = { host: { family }, signal: new AbortController().signal } as Parameters<typeof searchPath>[0];
  const search = await searchPath(context, carrier, first, traffic as unknown as Parameters<typeof searchPath>[3]);
  const facts = { family, localMtu: 1500, cachedMtu: null, peerMss: null, tcpMtuProbing: 0, blind: false };
  return pathVerdict(search, traffic.total, facts);
}

const MOST_HANDSHAKES = 200;
/** The flights of hosts: a short chain, a usual one, a long one. */
const HOSTS: readonly ChanceHost[] = [2300, 3700, 4800, 6400].map((flight) => ({ flight, selective: true }));

async function searchWayBack(
  trial: (mss: number, patience: HandshakePatience) => InboundTrial,
  more: Pick<InboundSearchRequest, "replies"> = {},
): Promise<Claim> {
  // Only a handshake that stalls is followed by a search.
  let stalled = trial(1460, "patient");
  for (let each = 1; each < MOST_HANDSHAKES && stalled.outcome !== "stalled"; each += 1) stalled = trial(1460, "patient");
  if (stalled.outcome !== "stalled") return { verdict: "no stall", confidence: null };
  const request = { family: 4, top: 1500, stalled, aborted: () => false, ...more } as const;
  return await searchInbound({ ...request, trial: async (mss, _quickest, patience) => trial(mss, patience) });
}

const inbound = (host: ChanceHost) => async (path: ChancePath) => {
  const traffic = new ChanceTraffic(path, random);
  const handshakes = new ChanceHandshakes((size, atMs) => traffic.arrives(size, atMs), host);
  return await searchWayBack((mss, patience) => handshakes.trial(mss, patience), { replies: () => handshakes.replies });
};

/** All that is known of a handshake is that it stalled: its first large segment was lost as often as it was sent. */
async function inboundBlindly(path: ChancePath): Promise<Claim> {
  const traffic = new ChanceTraffic(path, random);
  const stalls = (size: number) => !traffic.arrives(size) && !traffic.arrives(size) && !traffic.arrives(size);
  return await searchWayBack((mss) => ({ outcome: stalls(mss + 40) ? "stalled" : "arrived", ms: 50, outOfOrder: 0 }));
}

async function table(title: string, search: (path: ChancePath) => Promise<Claim>, paths: readonly ChancePath[] = PATHS): Promise<void> {
  if (!title.includes(ONLY)) return;
  console.log(`\n${title}, ${RUNS} searches a row\n  ${"".padEnd(54)}  proven   likely  suspected  other verdicts`);
  for (const path of paths.filter(({ name }) => name.includes(PATH))) {
    const holes = { proven: 0, likely: 0, suspected: 0 };
    const others: Record<string, number> = {};
    for (let run = 0; run < RUNS; run += 1) {
      const { verdict, confidence } = await search(path);
      if (verdict === "black-hole" && confidence !== null && confidence in holes) holes[confidence as keyof typeof holes] += 1;
      else others[verdict] = (others[verdict] ?? 0) + 1;
    }
    const rest = Object.entries(others).map(([verdict, count]) => `${verdict} ${share(count, 1)}`);
    const { proven, likely, suspected } = holes;
    console.log(`  ${path.name.padEnd(54)} ${share(proven)} ${share(likely)}   ${share(suspected)}  ${rest.join(", ")}`);
  }
}

/** Here the claims are right, and what is not exact and proven is what is missing. Random loss meets all packets. */
async function tableOfHoles(host: ChanceHost): Promise<void> {
  const title = `A hole on the way from the mail host, flights of ${host.flight} bytes`;
  if (!title.includes(ONLY)) return;
  console.log(
    `\n${title}, ${RUNS} searches a row\n  ${"".padEnd(54)}  exact: proven   likely  suspected  not exact: likely  suspected  other`,
  );
  for (const loss of [0, 0.05, 0.1, 0.2]) {
    const counts: Record<string, number> = {};
    for (let run = 0; run < RUNS; run += 1) {
      const mtu = 1280 + Math.floor(random() * 220);
      const {
        verdict,
        confidence,
        mtu: found,
        exact,
      } = await inbound(host)({
        name: "",
        loss: (bytes) => (bytes > mtu ? 1 : loss),
        burst: 1,
      });
      const wrong = exact ? found !== mtu : (found ?? 0) > mtu;
      const key = verdict !== "black-hole" ? verdict : wrong ? `wrong size, ${confidence}` : `${exact ? "exact" : "bound"} ${confidence}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    const named = ["exact proven", "exact likely", "exact suspected", "bound likely", "bound suspected"];
    const rest = Object.entries(counts).filter(([key]) => !named.includes(key));
    const columns = named.map((key) => share(counts[key] ?? 0).padStart(10)).join(" ");
    console.log(
      `  ${`any packet is lost with ${loss}`.padEnd(54)} ${columns}  ${rest.map(([key, n]) => `${key} ${share(n, 1)}`).join(", ")}`,
    );
  }
}

function share(count: number, digits = 3): string {
  return `${((100 * count) / RUNS).toFixed(digits)}%`.padStart(digits === 1 ? 0 : 8);
}

function optionOf(option: string): string | undefined {
  return process.argv.find((each) => each.startsWith(`${option}=`))?.slice(option.length + 1);
}

function numberOf(option: string, fallback: number): number {
  return Number(optionOf(option) ?? fallback);
}

await table("To the mail host, IPv4", (path) => outbound(path, 4));
await table("To the mail host, IPv6", (path) => outbound(path, 6));
for (const host of HOSTS) await table(`From the mail host, flights of ${host.flight} bytes`, inbound(host), [...PATHS, ...OUTAGES]);
await table("From the mail host, where a stall is all that is known", inboundBlindly);
for (const host of HOSTS) await tableOfHoles(host);
