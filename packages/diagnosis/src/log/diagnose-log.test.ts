import { type Finding, type LogPeer, type LogStatistics, type LogTrouble, sizeClassOf } from "@mxray/contracts";
import { describe, expect, test } from "vitest";
import { diagnoseLog } from "./diagnose-log.ts";
import { logOf, NOON, peerOf, peerOfMessages, sentOf, stalledOf, stallTally } from "./log-statistics.test-data.ts";

const codesOf = (findings: readonly Finding[]) => findings.map(({ code, confidence }) => `${code} ${confidence}`);
const ofPeers = (...peers: LogPeer[]) => diagnoseLog(logOf({ peers }));
const stallsAt = (stage: "body" | "end-of-data", timeouts: number, losses = 0, episodes = timeouts + losses) => ({
  stalled: timeouts + losses,
  failed: timeouts + losses,
  stalls: [stallTally(stage, timeouts, losses, episodes)],
});
const textOf = (finding: Finding | undefined) => finding?.evidence.map(({ text }) => text).join("\n") ?? "";

test("an empty log has no findings", () => {
  expect(diagnoseLog(logOf())).toEqual([]);
});

describe("a black hole on the way to one of two peers", () => {
  const hole = peerOfMessages([...sentOf(300, 500, 800, 1000, 1100, 1200), ...stalledOf(1700, 3000, 9000, 20_000, 30_000, 50_000)], {
    firstStalled: "2026-03-01T11:00:00.000Z",
    lastStalled: "2026-03-01T11:40:00.000Z",
    stallSeconds: [{ class: sizeClassOf(600), count: 6 }],
    examples: {
      stalled: [{ file: "mail.log", line: 812, at: "2026-03-01T11:00:00.000Z", text: "conversation timed out" }],
      early: [],
      signs: [],
      pix: [],
      largestSent: { file: "mail.log", line: 99, at: "2026-03-01T10:00:00.000Z", text: "250 ok" },
      smallestStalled: { file: "mail.log", line: 812, at: "2026-03-01T11:00:00.000Z", text: "conversation timed out" },
    },
  });
  const clear = peerOfMessages(sentOf(300, 1700, 50_000), { name: "mx2.example.test", address: "192.0.2.2" });
  const findings = ofPeers(hole, clear);

  test("two findings, both about that peer", () => {
    // 1 / C(12, 6) = 1 / 924 for the sizes; five of five after the first at a rate of 0.05, twice, two peers, for the stalls.
    expect(codesOf(findings)).toEqual(["log-outbound-stalls likely", "log-size-correlated suspected"]);
    expect(findings.every(({ subject }) => subject.address === "192.0.2.1")).toBe(true);
  });

  test("the threshold with its interval, and the lines it rests on", () => {
    const [, sizes] = findings;
    expect(sizes?.title).toBe("Messages of 1700 bytes and more seem to hang on the way to mx1.example.test; those of up to 1200 arrive");
    expect(sizes?.evidence.some(({ data }) => JSON.stringify(data.threshold) === "[1200,1700]")).toBe(true);
    expect(sizes?.evidence.map(({ data }) => data.line).filter((line) => line !== undefined)).toEqual([99, 812]);
    expect(sizes?.evidence.every(({ source }) => source === "log")).toBe(true);
    expect(sizes?.remedies.map(({ id }) => id)).toContain("linux-mtu-probing");
  });

  test("the timer that fired is named", () => {
    expect(textOf(findings[0])).toContain(
      "6 of 6 spent about 600 seconds on the transmission, the default of Postfix's smtp_data_done_timeout",
    );
    expect(findings[0]?.remedies.map(({ id }) => id)).toContain("linux-route-mtu");
  });
});

test("a threshold above any packet is no path MTU, and its remedies are others", () => {
  const sizes = Array.from({ length: 30 }, (_, index) => 1000 + 10_000 * index);
  const [, finding] = ofPeers(peerOfMessages([...sentOf(...sizes), ...stalledOf(...sizes.map((size) => size + 400_000))]));
  expect(finding?.code).toBe("log-size-correlated");
  expect(finding?.summary).toContain("no path MTU black hole");
  expect(finding?.remedies.map(({ id }) => id)).not.toContain("linux-mtu-probing");
});

describe("outbound stalls: what is remarkable", () => {
  test.each<[string, Partial<LogPeer>, string[]]>([
    ["one stall among thousands of deliveries is silence", { sent: 5000, ...stallsAt("body", 1) }, []],
    // 1 - 0.995^10 = 0.0489, 1 - 0.995^11 = 0.0536.
    ["one stall and nine deliveries are a suspicion", { sent: 9, ...stallsAt("body", 1) }, ["log-outbound-stalls suspected"]],
    ["one stall and ten deliveries are not", { sent: 10, ...stallsAt("body", 1) }, []],
    ["one attempt, and it stalled", { ...stallsAt("end-of-data", 1) }, ["log-outbound-stalls suspected"]],
    ["two of two", { ...stallsAt("end-of-data", 2) }, ["log-outbound-stalls suspected"]],
    // 2 · 0.05^3, 2 · 0.05^6.
    ["three of three", { ...stallsAt("body", 1, 2) }, ["log-outbound-stalls likely"]],
    ["six of six", { ...stallsAt("body", 2, 4) }, ["log-outbound-stalls proven"]],
    ["six of six in one outage", { ...stallsAt("body", 2, 4, 1) }, ["log-outbound-stalls suspected"]],
    ["stalls behind the content say nothing", { stalled: 9, stalls: [stallTally("quit", 9)] }, []],
    ["a loopback peer is never called that", { ...stallsAt("body", 9), reach: "loopback" }, ["log-content-filter proven"]],
  ])("%s", (_, parts, expected) => {
    expect(codesOf(ofPeers(peerOf(parts)))).toEqual(expected);
  });

  test("where large messages go on arriving, it is no black hole on the only path", () => {
    const summaryOf = (sentSince: number) => {
      const sizes = [{ class: sizeClassOf(40_000), sent: 500, sentSince, stalled: 40, attempts: 40, recovered: 0, episodes: 0 }];
      return ofPeers(peerOf({ sent: 500, ...stallsAt("body", 40), sizes }))[0]?.summary;
    };
    expect(summaryOf(40)).not.toContain("on the only path");
    expect(summaryOf(400)).toContain("of the messages of more than 9216 bytes 400 arrived since the first stall, and 40 stalled");
  });

  test("one message that stalls again and again among thousands that go is a suspicion", () => {
    const sizes = [{ class: sizeClassOf(40_000), sent: 5000, sentSince: 100, stalled: 1, attempts: 4, recovered: 0, episodes: 0 }];
    const peer = peerOf({ sent: 5000, ...stallsAt("body", 4, 0, 1), sizes, largestSent: 44_000, smallestStalled: 40_000 });
    // 2 · 5001 · 0.005^4 = 6.3e-6.
    expect(codesOf(ofPeers(peer))).toEqual(["log-outbound-stalls suspected"]);
    const many = [{ class: sizeClassOf(40_000), sent: 5000, sentSince: 100, stalled: 1, attempts: 40, recovered: 0, episodes: 0 }];
    expect(codesOf(ofPeers({ ...peer, ...stallsAt("body", 40, 0, 1), sizes: many }))).toEqual(["log-outbound-stalls suspected"]);
  });

  test("the same is less remarkable for one of many peers", () => {
    const others = Array.from({ length: 20 }, (_, index) => peerOf({ address: `192.0.2.${index + 10}`, sent: 50 }));
    expect(codesOf(ofPeers(peerOf(stallsAt("end-of-data", 1)), ...others))).toEqual([]);
    expect(codesOf(ofPeers(peerOf(stallsAt("end-of-data", 2)), ...others))).toEqual(["log-outbound-stalls suspected"]);
    // 2 · 0.05^4, one of 21.
    expect(codesOf(ofPeers(peerOf(stallsAt("end-of-data", 4)), ...others))).toEqual(["log-outbound-stalls likely"]);
  });

  test("a fault that begins late is not hidden by what was delivered before", () => {
    const sizes = (sentSince: number) => [
      { class: sizeClassOf(40_000), sent: 5000, sentSince, stalled: 8, attempts: 8, recovered: 0, episodes: 8 },
    ];
    const stalls = [stallTally("body", 60, 0, 8)];
    const peer = { sent: 5000, stalled: 60, stalls, largestSent: 44_000, smallestStalled: 40_000 };
    // Seven after the first, of nine deliveries in all or of 3,007.
    expect(codesOf(ofPeers(peerOf({ ...peer, sizes: sizes(2) })))).toEqual(["log-outbound-stalls proven"]);
    expect(codesOf(ofPeers(peerOf({ ...peer, sizes: sizes(3000) })))).toEqual(["log-outbound-stalls suspected"]);
  });

  test("where all peers stall alike, none is suspected more than the others", () => {
    const peers = Array.from({ length: 20 }, (_, index) =>
      peerOf({ name: `mx.org${index}.test`, address: `192.0.2.${index + 10}`, sent: 970, largestSent: 90_000, ...stallsAt("body", 30) }),
    );
    expect(codesOf(ofPeers(...peers))).toEqual([]);
    const worst = peerOf({ sent: 700, ...stallsAt("body", 300) });
    expect(codesOf(ofPeers(worst, ...peers))).toEqual(["log-outbound-stalls proven"]);
  });
});

describe("inbound stalls", () => {
  const client = (parts: Partial<LogPeer>) => peerOf({ direction: "inbound", port: null, ...parts });

  test("a pile at 0 bytes is a black hole towards us", () => {
    const [finding] = ofPeers(client({ ...stallsAt("body", 2, 4), receivedBytes: [{ bytes: 0, count: 6 }], sent: 1, largestSent: 900 }));
    expect(finding).toMatchObject({ code: "log-inbound-stalls", confidence: "proven", subject: { address: "192.0.2.1", port: null } });
    expect(finding?.summary).toContain("a path MTU black hole from the sender to this server");
    expect(textOf(finding)).toContain("The largest message accepted from it has 900 bytes.");
    expect(finding?.remedies.map(({ id }) => id)).toContain("linux-receiver-mtu");
  });

  test("a pile at 64 kB is not", () => {
    const [finding] = ofPeers(client({ ...stallsAt("body", 6), receivedBytes: [{ bytes: 65_536, count: 6 }] }));
    expect(finding?.summary).toContain("this is no path MTU black hole");
    expect(finding?.remedies.map(({ id }) => id)).not.toContain("linux-receiver-mtu");
  });

  test("clients that give up at different sizes are a suspicion at most", () => {
    const receivedBytes = [5000, 9100, 14_000, 23_000, 77_000].map((bytes) => ({ bytes, count: 1 }));
    expect(codesOf(ofPeers(client({ ...stallsAt("body", 0, 5), receivedBytes })))).toEqual(["log-inbound-stalls suspected"]);
    expect(codesOf(ofPeers(client({ ...stallsAt("body", 5, 0), receivedBytes })))).toEqual(["log-inbound-stalls proven"]);
  });

  test("our own probes are no stalls", () => {
    const statistics = logOf({ peers: [client({ ...stallsAt("body", 0, 9), receivedBytes: [{ bytes: 0, count: 9 }] })] });
    expect(codesOf(diagnoseLog(statistics))).toEqual(["log-inbound-stalls proven"]);
    expect(diagnoseLog(statistics, { vantages: ["192.0.2.1"] })).toEqual([]);
  });
});

test("a masked greeting is told once per peer, and not as a proof of harm", () => {
  const pix = [
    { words: "disable_esmtp", count: 3 },
    { words: "disable_esmtp delay_dotcrlf", count: 2 },
  ];
  const [finding, ...rest] = ofPeers(peerOf({ pix, sent: 5 }));
  expect(rest).toEqual([]);
  expect(finding).toMatchObject({ code: "log-pix-workarounds", confidence: "likely", severity: "warning" });
  expect(finding?.summary).toContain("5 deliveries went the careful way");
  expect(finding?.summary).toContain("Nothing in this log shows that mail is affected");
});

describe("what the server says of itself", () => {
  const troubled = (trouble: LogTrouble, count: number) =>
    diagnoseLog(
      logOf({
        troubles: [
          {
            trouble,
            count,
            first: NOON,
            last: NOON,
            culprits: [{ name: "smtp (25)", count }],
            examples: [{ file: "-", line: 7, at: NOON, text: "as logged" }],
          },
        ],
      }),
    );

  test.each<[LogTrouble, number, string]>([
    ["connection-count", 1, "log-client-errors suspected"],
    ["too-many-errors", 5, "log-client-errors likely"],
    ["server-busy", 50, "log-client-errors proven"],
    ["process-limit", 1, "log-resources likely"],
    ["open-files", 2, "log-resources proven"],
    ["filter-timeout", 1, "log-content-filter suspected"],
    ["filter-unreachable", 5, "log-content-filter proven"],
    ["no-space", 1, "log-queue-io likely"],
    ["clock", 3, "log-queue-io proven"],
  ])("%s, %d of it: %s", (trouble, count, expected) => {
    const findings = troubled(trouble, count);
    expect(codesOf(findings)).toEqual([expected]);
    expect(textOf(findings[0])).toContain("Line 7: as logged");
    expect(textOf(findings[0])).toContain(`most of all smtp (25) (${count})`);
    expect(findings[0]?.remedies.length).toBeGreaterThan(0);
  });
});

describe("the backlog", () => {
  const backlogOf = (waiting: number, oldest: string, sent: number): LogStatistics =>
    logOf({
      peers: [peerOf({ sent })],
      backlog: { waiting, oldest, destinations: [{ name: "example.org", waiting, oldest, example: null }], others: 0 },
    });

  test.each([
    ["two that wait", 2, "2026-03-01T00:00:00.000Z", 0, []],
    ["three of a thousand", 3, "2026-03-01T00:00:00.000Z", 997, []],
    ["three of sixty", 3, "2026-03-01T00:00:00.000Z", 57, ["log-deferred-backlog likely"]],
    ["ten, for half an hour", 10, "2026-03-01T11:30:00.000Z", 9000, ["log-deferred-backlog suspected"]],
    ["ten, for four hours", 10, "2026-03-01T08:00:00.000Z", 9000, ["log-deferred-backlog proven"]],
  ])("%s", (_, waiting, oldest, sent, expected) => {
    expect(codesOf(diagnoseLog(backlogOf(waiting, oldest, sent)))).toEqual(expected);
  });
});

describe("the retry schedule", () => {
  const retries = (attempt: number, ...seconds: number[]) =>
    logOf({ retries: [{ mta: "postfix", attempt, waits: seconds.map((wait) => ({ class: sizeClassOf(wait), count: 1 })) }] });

  test.each<[string, LogStatistics, string[]]>([
    ["as by default", retries(1, 310, 420, 480, 550, 600), []],
    ["the longest wait by default", retries(8, 4010, 4100, 4200, 4250, 4290), []],
    ["sooner", retries(1, 60, 61, 65, 70, 600), ["log-backoff-settings suspected"]],
    ["much sooner in the end", retries(8, ...Array.from({ length: 20 }, () => 900)), ["log-backoff-settings likely"]],
    ["much later", retries(8, 14_400, 14_400, 14_500, 14_600, 300), ["log-backoff-settings suspected"]],
    ["too few to say", retries(1, 60, 61, 65, 70), []],
  ])("%s", (_, statistics, expected) => {
    expect(codesOf(diagnoseLog(statistics))).toEqual(expected);
  });

  test("as configured is as it should be", () => {
    const statistics = retries(1, 60, 61, 65, 70, 80);
    expect(diagnoseLog(statistics, { retrySettings: { minimalBackoff: 60, maximalBackoff: 4000, queueRunDelay: 60 } })).toEqual([]);
  });

  test("Exim and Sendmail have their own", () => {
    const [retry] = retries(4, 900, 900, 900, 900, 900).retries;
    if (retry === undefined) throw new Error("no retry");
    expect(diagnoseLog(logOf({ retries: [{ ...retry, mta: "exim" }] }))).toEqual([]);
    expect(diagnoseLog(logOf({ retries: [retry] }))).toHaveLength(1);
  });
});
