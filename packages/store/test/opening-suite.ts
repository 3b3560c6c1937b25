/** What opening a database says where that cannot be, and what an open store does while PostgreSQL is away. */
import { connect, createServer } from "node:net";
import type { PostgresServer } from "@mxray/lab";
import type pg from "pg";
import { expect, it } from "vitest";
import { openPostgresStore, type StoreError, takeDatabaseLock } from "../src/index.ts";

interface Server {
  readonly server: () => PostgresServer;
  readonly admin: () => pg.Client;
  /** Makes a database with the schema, and gives its URL. */
  readonly open: () => Promise<string>;
}

export function openingSuite({ server, admin, open }: Server): void {
  const byPort = (database: string, { password = "secret", port = server().port } = {}) =>
    `postgresql://mxray:${password}@127.0.0.1:${port}/${database}`;
  const refusal = (url: string) =>
    openPostgresStore({ url }).then(
      (store) => store.close().then(() => "it opens"),
      ({ message }: StoreError) => message,
    );
  const nameOf = (url: string) => new URL(url).pathname.slice(1);

  it("says in one sentence, and without the password, why a database cannot be used", async () => {
    const { port } = server();
    const at = `The store postgresql://127.0.0.1:${port}`;
    expect(await refusal(byPort("postgres", { password: "hunter2" }))).toBe(
      `${at}/postgres cannot be opened: PostgreSQL rejects the user or the password (password authentication failed for user "mxray"); correct DATABASE_URL.`,
    );
    expect(await refusal(byPort("none"))).toBe(
      `${at}/none cannot be opened: database "none" does not exist; create it with 'createdb', or correct DATABASE_URL.`,
    );
    const free = await closedPort();
    expect(await refusal(byPort("none", { port: free }))).toBe(
      `The store postgresql://127.0.0.1:${free}/none cannot be opened: PostgreSQL does not answer there (connect ECONNREFUSED 127.0.0.1:${free}); start it, or correct DATABASE_URL.`,
    );
  });

  it("says that a database is read-only, of another encoding, of a newer mxray, or that its user has no rights", async () => {
    const readOnly = await open();
    await admin().query(`alter database ${nameOf(readOnly)} set default_transaction_read_only = on`);
    expect(await refusal(readOnly)).toContain("the database is read-only (a standby server?); name the primary server in DATABASE_URL.");

    await admin().query("create database ascii encoding 'SQL_ASCII' locale_provider libc locale 'C' template template0");
    expect(await refusal(server().url("ascii"))).toContain("the database has the encoding SQL_ASCII; create one with");

    const newer = await open();
    await server().run("insert into kysely_migration values ('9999-later', '')", nameOf(newer));
    expect(await refusal(newer)).toMatch(/has the change '9999-later', which this version does not know/);

    await admin().query("create role guest login password 'secret'");
    await admin().query("create database bare");
    expect(await refusal(byPort("bare").replace("mxray:", "guest:"))).toContain(
      "its user may not create tables there (permission denied for schema public); make the user the owner of the database.",
    );
  });

  it("does not work through a connection pooler", async () => {
    const pooler = createServer((client) => {
      const postgres = connect(server().port, "127.0.0.1");
      client.pipe(postgres).on("error", () => client.destroy());
      postgres.on("data", (bytes) => client.write(withOtherNumber(bytes))).on("close", () => client.destroy());
      client.on("error", () => postgres.destroy());
    });
    await new Promise<void>((resolve) => pooler.listen(0, "127.0.0.1", resolve));
    const { port } = pooler.address() as { port: number };
    expect(await refusal(byPort(nameOf(await open()), { port }))).toContain("a connection pooler answers there");
    pooler.close();
  });

  it("lets servers of one database hear of each other, also after a restart of PostgreSQL, and refuses who needs it alone", async () => {
    const url = await open();
    await admin().end();
    const stores = [await openPostgresStore({ url, join: true }), await openPostgresStore({ url, join: true })] as const;
    const heard: string[][] = [[], []];
    const gaps = [0, 0];
    for (const [at, { servers }] of stores.entries()) {
      servers?.listen({
        onText: (text) => heard[at]?.push(text),
        onGap: () => {
          gaps[at] = (gaps[at] ?? 0) + 1;
        },
      });
    }
    const alone = () =>
      takeDatabaseLock(url).then(
        (lock) => lock.release().then(() => "free"),
        ({ message }: StoreError) => message,
      );
    expect(await alone()).toMatch(
      /^The store \S+ cannot be opened: 2 other mxray servers use it \(on the same machine, since \d{4}-\d\d-\d\d \d\d:\d\d UTC\); stop them first, or name another database in DATABASE_URL\.$/,
    );
    const long = `${"ä\u0000\u2028'".repeat(5000)}.`;
    for (const text of ["first", long, "last"]) await stores[0].servers?.tell(text);
    await expect.poll(() => heard[1]).toEqual(["first", long, "last"]);
    expect(heard[0]).toEqual([]);

    await server().kill();
    await expect(stores[0].ping()).rejects.toMatchObject({ trouble: "unreachable" });
    await server().start();
    await expect.poll(() => stores[0].ping().then(() => "answers", String)).toBe("answers");
    await expect.poll(() => gaps).toEqual([1, 1]);
    await stores[1].servers?.tell("again");
    await expect.poll(() => heard[0]).toEqual(["again"]);
    await stores[0].close();
    await expect.poll(alone).toContain("another mxray server uses it (");
    await stores[1].close();
    await expect.poll(alone).toBe("free");

    const lock = await takeDatabaseLock(url);
    await expect(openPostgresStore({ url, join: true })).rejects.toThrow("another mxray process is upgrading or moving it (");
    await lock.release();
  });
}

async function closedPort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as { port: number };
  await new Promise((resolve) => listener.close(resolve));
  return port;
}

/** As PgBouncer does: its clients get a number of its own in BackendKeyData, message `K` of 12 bytes. */
function withOtherNumber(bytes: Buffer): Buffer {
  const at = bytes.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
  if (at >= 0) bytes.writeUInt32BE(1, at + 5);
  return bytes;
}
