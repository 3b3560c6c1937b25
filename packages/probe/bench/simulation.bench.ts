/**
 * How often the path searches take chance for a black hole. No size is always lost on these paths, so every `proven` and every
 * `likely` in this table is wrong. `--runs=N` changes the number of searches per row, `--seed=N` the random numbers.
 */
import { seededRandom } from "@mxray/lab";
import { searchInbound } from "../src/path/inbound-search.ts";
import { searchPath } from "../src/path/path-search.ts";
import { pathVerdict } from "../src/path/path-verdict.ts";
import { type ChancePath, ChanceTraffic, chanceCarrier } from "./chance-path.ts";

const RUNS = numberOf("--runs", 4000);
const random = seededRandom(numberOf("--seed", 1));

const uniform = (loss: number, burst = 1): ChancePath => ({
  name: `any packet is lost with ${loss}${burst === 1 ? "" : `, ${burst} in a row`}`,
  loss: () => loss,
  burst,
});
const above = (size: number, loss: number): ChancePath => ({
  name: `packets above ${size} bytes are lost with ${loss}`,
  loss: (bytes) => (bytes > size ? loss : 0),
  burst: 1,
});
const perByte = (loss: number): ChancePath => ({
  name: `a byte is damaged, packets of 1500 are lost with ${loss}`,
  loss: (bytes) => 1 - (1 - loss) ** (bytes / 1500),
  burst: 1,
});
const PATHS = [
  ...[0.01, 0.05, 0.1, 0.2, 0.3, 0.5].map((loss) => uniform(loss)),
  ...[0.05, 0.1, 0.2].map((loss) => uniform(loss, 4)),
  ...[0.3, 0.5, 0.7, 0.9].map((loss) => above(1000, loss)),
  ...[0.3, 0.5, 0.7].map(perByte),
];

interface Claim {
  readonly verdict: string;
  readonly confidence: string | null;
}

async function outbound(path: ChancePath, family: 4 | 6): Promise<Claim> {
  const traffic = new ChanceTraffic(path, random);
  const { carrier, first } = chanceCarrier(traffic, family);
  const context = { host: { family }, signal: new AbortController().signal } as Parameters<typeof searchPath>[0];
  const search = await searchPath(context, carrier, first, traffic as unknown as Parameters<typeof searchPath>[3]);
  const facts = { family, localMtu: 1500, cachedMtu: null, peerMss: null, tcpMtuProbing: 0, blind: false };
  return pathVerdict(search, traffic.total, facts);
}

/** A handshake stalls when the host's first large segment is lost as often as it is sent before the wait ends. */
async function inbound(path: ChancePath): Promise<Claim> {
  const traffic = new ChanceTraffic(path, random);
  const stalls = (size: number) => !traffic.arrives(size) && !traffic.arrives(size) && !traffic.arrives(size);
  return await searchInbound({
    family: 4,
    top: 1500,
    stalled: { outcome: "stalled", ms: 700, outOfOrder: 1 },
    aborted: () => false,
    trial: async (mss) =>
      stalls(mss + 40) ? { outcome: "stalled", ms: 700, outOfOrder: 1 } : { outcome: "arrived", ms: 50, outOfOrder: 0 },
  });
}

async function table(title: string, search: (path: ChancePath) => Promise<Claim>): Promise<void> {
  console.log(`\n${title}, ${RUNS} searches a row\n  ${"".padEnd(54)}  proven   likely  suspected  other verdicts`);
  for (const path of PATHS) {
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

function share(count: number, digits = 3): string {
  return `${((100 * count) / RUNS).toFixed(digits)}%`.padStart(digits === 1 ? 0 : 8);
}

function numberOf(option: string, fallback: number): number {
  const text = process.argv.find((each) => each.startsWith(`${option}=`))?.slice(option.length + 1);
  return text === undefined ? fallback : Number(text);
}

await table("To the mail host, IPv4", (path) => outbound(path, 4));
await table("To the mail host, IPv6", (path) => outbound(path, 6));
await table("From the mail host, after a handshake that stalled by chance", inbound);
