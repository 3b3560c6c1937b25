/** Two processes on one database: what goes wrong if writers do not wait for each other. Each race is run until it would be lost. */
import { sql } from "kysely";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openPostgresStore, type Store } from "../src/index.ts";
import { postgresDatabase } from "../src/postgres/postgres-database.ts";
import { count, peer } from "./log-suite-data.ts";
import { AFTERWARDS, AT, done, hole, LATER, LATEST } from "./suite-data.ts";

const ROUNDS = 15;
const MANY = 20;
const LIMITS = { unended: 1000, deliveries: { since: "2000", perRecipient: 2, overall: 1000 } };

/** @param open makes a database with the schema, and gives its URL */
export function raceSuite(open: () => Promise<string>): void {
  let url: string;
  let one: Store;
  let two: Store;
  const inTurns = <T>(times: number, act: (store: Store, index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: times }, (_, index) => act(index % 2 === 0 ? one : two, index)));
  const rounds = <T>(act: (round: number) => Promise<T>) => Promise.all(Array.from({ length: ROUNDS }, (_, round) => act(round)));
  const probeOf = (target: string) => one.probes.create({ target, request: { target }, createdAt: AT, previousId: null });

  beforeEach(async () => {
    url = await open();
    one = await openPostgresStore({ url });
    two = await openPostgresStore({ url });
  });
  afterEach(() => Promise.all([one.close(), two.close()]));

  it("open a new finding of two probes once", async () => {
    await rounds(async (round) => {
      const host = `mx${round}.example.test`;
      const found = hole({ subject: { host, address: `192.0.2.${round}`, port: 25 } });
      const [first, second] = await Promise.all([probeOf(host), probeOf(host)]);
      await Promise.all([one.probes.finish(first.id, done([found])), two.probes.finish(second.id, done([found]))]);
    });
    const { findings } = await one.findings.list({ limit: 100 });
    expect(findings).toHaveLength(ROUNDS);
    for (const { id } of findings) expect((await one.findings.life(id)).map(({ change }) => change)).toEqual(["opened"]);
  });

  it("end one probe once", async () => {
    const ended = await rounds(async (round) => {
      const { id } = await probeOf(`mx${round}.example.test`);
      return await Promise.all([one, two].map((store) => store.probes.finish(id, done([hole()]))));
    });
    for (const answers of ended) expect(answers.toSorted()).toEqual([false, true]);
  });

  it("keep the limit of watches", async () => {
    const made = await inTurns(MANY, (store, index) => {
      const target = `mx${index}.example.test`;
      return store.watches.put({ target, request: { target }, createdAt: AT, dueAt: AT }, 5);
    });
    expect(made.filter((watch) => watch !== null)).toHaveLength(5);
    expect(await one.watches.list()).toHaveLength(5);
  });

  it("keep the limit of delivery tests, asked for and begun", async () => {
    const request = { target: "example.test", deliverTo: "me@example.test" };
    const asked = await inTurns(MANY, (store) =>
      store.probes.admit({ target: "example.test", request, createdAt: AT, previousId: null }, LIMITS),
    );
    expect(asked.filter((answer) => typeof answer !== "string")).toHaveLength(2);
    const begun = await inTurns(MANY, (store, index) =>
      store.deliveries.begin({ probeId: `p${index}`, recipient: "you@example.test", at: AT, messageIds: [] }, LIMITS.deliveries),
    );
    expect(begun.filter((answer) => answer === "begun")).toHaveLength(2);
  });

  it("keep the limit of probes that wait", async () => {
    const asked = await inTurns(MANY, (store, index) => {
      const target = `mx${index}.example.test`;
      return store.probes.admit({ target, request: { target }, createdAt: AT, previousId: null }, { ...LIMITS, unended: 5 });
    });
    expect(asked.filter((answer) => typeof answer !== "string")).toHaveLength(5);
  });

  it("begin each due round once", async () => {
    await rounds((round) => {
      const target = `mx${round}.example.test`;
      return one.watches.put({ target, request: { target }, createdAt: AT, dueAt: AT }, 1000);
    });
    const begun = await Promise.all(
      [one, two].map(async (store) => {
        const due = await store.watches.due(AT, 100);
        expect(due).toHaveLength(ROUNDS);
        return await Promise.all(
          due.map(({ id, target, request, dueAt }) => {
            const claim = { kind: "round", watchId: id, dueAt, nextDueAt: LATER } as const;
            return store.probes.admit({ target, request, createdAt: AT, previousId: null, watchId: id }, LIMITS, claim);
          }),
        );
      }),
    );
    expect(begun.flat().filter((answer) => typeof answer !== "string")).toHaveLength(ROUNDS);
    expect(await one.watches.underWay()).toBe(ROUNDS);
  });

  it("leave a running probe to its owner until its lease ends", async () => {
    const { id } = await probeOf("example.test");
    const started = await inTurns(MANY, (store, index) => store.probes.start(id, AT, { owner: `owner ${index % 2}`, until: LATER }));
    expect(started.filter(Boolean)).toHaveLength(1);
    const other = `owner ${(started.indexOf(true) + 1) % 2}`;
    expect(await two.probes.waiting({ owner: other, at: AT, limit: 9 })).toEqual([]);
    const after = await inTurns(2, (store) => store.probes.waiting({ owner: other, at: LATEST, limit: 9 }));
    expect(after).toEqual([[id], [id]]);
  });

  it("give one turn at a time, and leave what only another can run to it", async () => {
    const claim = { now: AT, until: LATER, latest: LATER };
    const first = await inTurns(MANY, (store) => store.chores.turn("pace 192.0.2.1", claim));
    expect(first.filter(Boolean)).toHaveLength(1);
    expect(await two.chores.turn("pace 192.0.2.2", claim)).toBe(true);
    const next = await inTurns(MANY, (store) => store.chores.turn("pace 192.0.2.1", { now: LATER, until: LATEST, latest: LATEST }));
    expect(next.filter(Boolean)).toHaveLength(1);
    await one.chores.forgetTurns("pace ", LATEST);
    expect(await two.chores.turn("pace 192.0.2.2", claim), "was forgotten").toBe(true);

    const { id } = await probeOf("elsewhere.test");
    const all = { owner: "owner", at: AT, limit: 99 };
    expect(await two.probes.waiting({ ...all, elsewhere: ["local", "lab"] })).not.toContain(id);
    expect(await two.probes.waiting({ ...all, elsewhere: ["lab"] })).toContain(id);
  });

  it("follow each log on one server, and on the only one where the others are gone", async () => {
    const followed = async () => (await one.logs.sources()).map(({ server, location }) => `${server} ${location}`).toSorted();
    await one.logs.addSource("/var/log/old.log", "page", AT);
    await Promise.all([one.logs.adoptSources("mx1"), two.logs.adoptSources("mx2")]);
    const [adopted] = await followed();
    expect(adopted).toMatch(/^mx[12] \/var\/log\/old\.log$/);
    for (const server of ["mx1", "mx2"]) {
      await two.logs.addSource("/var/log/mail.log", { origin: "environment", server }, AT);
      expect(await one.logs.addSource("/var/log/mail.log", { origin: "page", server }, AT)).toBeNull();
    }
    expect(await followed()).toEqual(["mx1 /var/log/mail.log", "mx2 /var/log/mail.log", adopted].toSorted());
    await one.logs.adoptSources(null);
    expect((await followed()).filter((each) => each.startsWith("null "))).toEqual(["null /var/log/mail.log", "null /var/log/old.log"]);
  });

  it("send each alert once", async () => {
    const settings = { secret: null, secretFrom: null, from: null, to: [], remindHours: null, quiet: null, paused: false };
    await rounds((round) =>
      one.channels.create(
        { ...settings, name: `noc ${round}`, kind: "webhook", url: "https://hooks.example.test/x", severities: ["critical"] },
        AT,
      ),
    );
    await one.probes.finish((await probeOf("example.test")).id, done([hole()]));
    await one.alerts.prepare(AFTERWARDS, "2026-03-02");
    const claimed = await inTurns(4, (store) => store.alerts.claim({ now: AFTERWARDS, until: "2026-03-02", busy: [] }));
    const numbers = claimed.flat().map(({ number }) => number);
    expect(numbers).toHaveLength(ROUNDS);
    expect(new Set(numbers).size).toBe(ROUNDS);
  });

  it("count the same peers of two logs in opposite order", async () => {
    const sources = await Promise.all(
      ["/var/log/one", "/var/log/two"].map(async (path, index) => (await [one, two][index]?.logs.addSource(path, "page", AT))?.id ?? 0),
    );
    const counts = Array.from({ length: 300 }, (_, index) => count("sent", { peer: peer({ name: `mx${index}.test`, address: null }) }));
    const batch = { lines: 1, recognised: 1, events: [], moves: [], memories: [], firstLineAt: AT, lastLineAt: AT };
    for (let revision = 0; revision < 6; revision += 1) {
      const at = { revision, position: { revision } };
      const committed = await Promise.all([
        one.logs.commit(sources[0] ?? 0, { ...batch, counts }, at),
        two.logs.commit(sources[1] ?? 0, { ...batch, counts: counts.toReversed() }, at),
      ]);
      expect(committed).toEqual([true, true]);
    }
    const all = { from: 0, to: Date.parse(LATEST) };
    const { peers } = await two.logs.statistics(all);
    expect(peers).toHaveLength(300);
    expect(peers.every(({ sent }) => sent === 12)).toBe(true);
  });

  it("renew leases of many probes while these end", async () => {
    const lease = { owner: "one", until: LATER };
    const probes = await rounds((round) => probeOf(`mx${round}.example.test`));
    await Promise.all(probes.map(({ id }) => one.probes.start(id, AT, lease)));
    const renewing = Promise.all(Array.from({ length: MANY }, () => two.probes.renew(lease)));
    const ending = probes.toReversed().map(({ id }) => one.probes.finish(id, done([hole()])));
    expect(await Promise.all(ending)).toEqual(probes.map(() => true));
    await renewing;
    expect(await two.probes.renew(lease)).toEqual([]);
  });

  it("write a single statement when no transaction writes", async () => {
    const db = postgresDatabase(url, 3);
    const order: string[] = [];
    const waiting = async () => {
      const { rows } = await sql<{ count: number }>`select count(*) as count from pg_locks where locktype = 'advisory' and not granted
        and pg_locks.database = (select oid from pg_database where datname = current_database())`.execute(db);
      return rows[0]?.count;
    };
    let single: Promise<unknown> = Promise.resolve();
    await db.transaction().execute(async () => {
      single = two.channels.noteTrouble("none", "…").then(() => order.push("single"));
      await expect.poll(waiting).toBe(1);
      order.push("transaction");
    });
    await single;
    expect(order).toEqual(["transaction", "single"]);
    await db.destroy();
  });
}
