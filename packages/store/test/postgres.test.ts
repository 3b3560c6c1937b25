/** The store on a real PostgreSQL: its contract, its schema, and several servers on one database. */
import { type PostgresServer, postgresAvailability, startPostgres } from "@mxray/lab";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPostgresStore, type Store } from "../src/index.ts";
import { AT, batch, count, event, peer, RANGE, sized } from "./log-suite-data.ts";
import { moveSuite } from "./move-suite.ts";
import { openingSuite } from "./opening-suite.ts";
import { raceSuite } from "./race-suite.ts";
import { schemaSuite } from "./schema-suite.ts";
import { describeStore } from "./store-suite.ts";

const available = postgresAvailability();
if (!available.ok) it.skip(`PostgreSQL: ${available.reason} ${available.remedy}`);

describe.runIf(available.ok)("on a server", () => {
  let server: PostgresServer;
  let admin: pg.Client;
  let made = 0;

  beforeAll(async () => {
    server = await startPostgres();
    admin = new pg.Client(server.url("postgres"));
    admin.on("error", () => undefined);
    await admin.connect();
    await admin.query("create database fresh");
    await (await openPostgresStore({ url: server.url("fresh") })).close();
  });
  afterAll(async () => {
    await admin?.end();
    await server?.[Symbol.asyncDispose]();
  });

  /** @param template what it is a copy of: `fresh` has the schema, `template0` nothing */
  async function newDatabase(template: "fresh" | "template0" = "fresh"): Promise<string> {
    made += 1;
    await admin.query(`create database store${made} template ${template} strategy file_copy`);
    return server.url(`store${made}`);
  }

  const openNew = async (): Promise<Store> => openPostgresStore({ url: await newDatabase() });

  describeStore("PostgreSQL", openNew);

  it("finds the examples of many peers by key: a plan that tries each event for each peer takes minutes", async () => {
    const url = await newDatabase();
    const writer = await openPostgresStore({ url });
    const source = await writer.logs.addSource("/var/log/mail.log", "page", AT);
    const peers = Array.from({ length: 1000 }, (_, index) =>
      peer({ name: `mx${index}.example.test`, address: `198.18.${index >> 8}.${index & 255}` }),
    );
    const counts = peers.flatMap((each) => [sized("stalled", 20_000, { peer: each }), count("timeout end-of-data", { peer: each })]);
    const events = peers.flatMap((each) =>
      Array.from({ length: 10 }, (_, line) => ({ peer: each, event: event({ line, event: "timeout" }) })),
    );
    await writer.logs.commit(source?.id ?? 0, batch({ counts, events }), { revision: 0, position: null });
    await writer.close();
    await admin.query(`alter database ${new URL(url).pathname.slice(1)} set statement_timeout = '4s'`);
    const store = await openPostgresStore({ url });
    const { peers: shown } = await store.logs.statistics(RANGE);
    expect([shown.length, shown.every(({ examples }) => examples.stalled.length > 0)]).toEqual([1000, true]);
    await store.close();
  });

  describe("its schema", () => schemaSuite(() => newDatabase("template0")));

  describe("two at once", () => raceSuite(newDatabase));

  describe("moving it", () => moveSuite(newDatabase));

  // The last: it ends the server.
  describe("opening it", () => openingSuite({ server: () => server, admin: () => admin, open: newDatabase }));
});
