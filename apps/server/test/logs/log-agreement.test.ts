/** A log that is followed in batches, however it is cut and whenever the process is killed, gives the numbers of one scan. */
import { Buffer } from "node:buffer";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore, type Store } from "@mxray/store";
import { describe, expect, it } from "vitest";
import { randomNumbers, writeRealisticLog } from "../../../../packages/maillog/bench/realistic-log.ts";
import { agreementOf, followed, type Span, scanned } from "./log-agreement.ts";
import { RandomLog } from "./random-log.ts";

const FIXTURES = new URL("../../../../packages/maillog/fixtures/", import.meta.url);
/** The journal is followed as JSON: its export format is for files, and has no lines to cut at. */
const NOT_FOLLOWED = "journal-export.synthetic.log";
/** syslog's "last message repeated" right after a restart is lost: the message that was repeated is not kept. */
const NO_RESTARTS = "repetitions.synthetic.log";
/** `apps/server/bench/log-agreement.bench.ts` compares 10,000. */
const RANDOM_LOGS = 200;

describe("following agrees with scanning", () => {
  const names = readdirSync(FIXTURES).filter((name) => name.endsWith(".log") && name !== NOT_FOLLOWED);
  it.each(names)("%s", async (name) => {
    await using store = await closing();
    const log = readFileSync(new URL(name, FIXTURES));
    const options = { random: randomNumbers(7), restarts: name === NO_RESTARTS ? 0 : 0.2 };
    expect(agreementOf(await followed(store, log, options))).toEqual(agreementOf(scanned(log)));
  });

  it("a log of a busy relay", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mxray-agreement-"));
    const path = join(folder, "mail.log");
    writeRealisticLog(path, 20_000);
    const log = await readFile(path);
    await rm(folder, { recursive: true });
    await using store = await closing();
    expect(agreementOf(await followed(store, log, { random: randomNumbers(11), batch: 16_000 }))).toEqual(agreementOf(scanned(log)));
  });

  it(`${RANDOM_LOGS} random logs`, { timeout: 180_000 }, async () => {
    // One store for all of them: making its schema takes as long as following one. Each log has a day and networks of its own.
    await using store = await closing();
    for (let seed = 0; seed < RANDOM_LOGS; seed += 1) {
      const random = randomNumbers(seed);
      const { log, span } = onItsOwn(new RandomLog(random).text(), seed);
      const stored = agreementOf(await followed(store, log, { random, batch: 1500, span }));
      expect(stored, `random log ${seed}\n${log}`).toEqual(agreementOf(scanned(log)));
      // What waits in a queue is of no day.
      for (const { id } of await store.logs.sources()) await store.logs.removeSource(id);
    }
  });

  it("a difference of one port in one line, and one in any place of what is compared, is a difference", async () => {
    const log = RELAY_LOG.join("\n");
    const agreement = agreementOf(scanned(Buffer.from(log)));
    await using store = await closing();
    const other = Buffer.from(log.replace("[192.0.2.8]:587, delay=1,", "[192.0.2.8]:465, delay=1,"));
    expect(agreementOf(await followed(store, other, { random: randomNumbers(1) }))).not.toEqual(agreement);
    const mutants = [...mutantsOf(agreement)];
    expect(mutants.length).toBeGreaterThan(100);
    for (const mutant of mutants) expect(mutant).not.toEqual(agreement);
  });

  it("a relay at another port than 25 is one peer, and its finding names that port", async () => {
    const log = Buffer.from(RELAY_LOG.join("\n"));
    await using store = await closing();
    const { statistics, findings } = agreementOf(await followed(store, log, { random: randomNumbers(3), batch: 400 }));
    expect(statistics.peers.map(({ address, port, sent, stalled }) => ({ address, port, sent, stalled }))).toEqual([
      { address: "192.0.2.8", port: 587, sent: 12, stalled: 8 },
      { address: "192.0.2.9", port: 587, sent: 0, stalled: 0 },
    ]);
    expect(findings.find(({ code }) => code === "log-size-correlated")?.subject).toMatchObject({ address: "192.0.2.8", port: 587 });
    // The lines that did not name the port are among its examples.
    const stored = await store.logs.statistics({ from: 0, to: 4_102_444_800 });
    expect(stored.peers[0]?.examples.stalled).toHaveLength(3);
  });
});

/** Small messages arrive; large ones time out at the relay's first address, which that line names without its port. */
const RELAY_LOG = Array.from({ length: 20 }, (_, index) => {
  const [id, large] = [`4A70000${index.toString(16).padStart(2, "0").toUpperCase()}`, index % 5 > 2];
  const at = (second: number) => `Nov 20 10:${String(index * 2).padStart(2, "0")}:${String(second).padStart(2, "0")} mail1 postfix`;
  const to = `${id}: to=<b@recipient.example>`;
  return [
    `${at(1)}/qmgr[9]: ${id}: from=<a@sender.example>, size=${(large ? 20_000 : 500) + index}, nrcpt=1 (queue active)`,
    ...(large
      ? [
          `${at(40)}/smtp[80]: ${id}: conversation with relay.example.test[192.0.2.8] timed out while sending message body`,
          `${at(41)}/smtp[80]: ${to}, relay=relay.example.test[192.0.2.9]:587, delay=40, delays=0/0/40/0, dsn=4.4.1, status=deferred (connect to relay.example.test[192.0.2.9]:587: Connection refused)`,
        ]
      : [
          `${at(2)}/smtp[80]: ${to}, relay=relay.example.test[192.0.2.8]:587, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 Ok)`,
          `${at(2)}/qmgr[9]: ${id}: removed`,
        ]),
  ].join("\n");
});

const DAY = 86_400;

/** A random log, moved to another day and to other networks. @param number below 250 */
function onItsOwn(text: string, number: number): { readonly log: Buffer; readonly span: Span } {
  const from = Date.UTC(2026, 10, 20) / 1000 - number * DAY;
  const [date, stamp] = [new Date(from * 1000).toISOString().slice(0, 10), new Date(from * 1000).toUTCString()];
  const moved = text
    .replaceAll("2026-11-20", date)
    .replaceAll("Nov 20", `${stamp.slice(8, 11)} ${stamp.slice(5, 7).replace(/^0/, " ")}`)
    .replaceAll("192.0.2.", `198.18.${number}.`)
    .replaceAll("198.51.100.", `198.19.${number}.`);
  return { log: Buffer.from(moved), span: { from, to: from + DAY } };
}

/** Copies with one number, text or truth changed, one after the other. */
function* mutantsOf(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const [index, part] of value.entries()) for (const mutant of mutantsOf(part)) yield value.with(index, mutant);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, part] of Object.entries(value)) for (const mutant of mutantsOf(part)) yield { ...value, [key]: mutant };
  } else if (typeof value === "number") yield value + 1;
  else yield `${value}!`;
}

async function closing(): Promise<Store & AsyncDisposable> {
  const store = await openStore({ path: ":memory:" });
  return { ...store, [Symbol.asyncDispose]: () => store.close() };
}
