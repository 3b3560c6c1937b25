/**
 * A process that upgrades the store in the file of its first argument and kills itself with SIGKILL after as many statements as its
 * second argument says (transaction statements count). Without a second argument it prints how many statements there are.
 */
import { Kysely } from "kysely";
import { sqliteMigrations as migrations } from "../src/schema/migrations.ts";
import { upgradeSchema } from "../src/schema/schema-upgrade.ts";
import { sqliteUpgrade } from "../src/sqlite/sqlite-upgrade.ts";
import { threadedSqlite } from "../src/sqlite/threaded-sqlite.ts";

const [path = "", killAfter] = process.argv.slice(2);
let statements = 0;
const db = new Kysely<unknown>({
  dialect: threadedSqlite(path),
  log() {
    statements += 1;
    if (statements === Number(killAfter)) process.kill(process.pid, "SIGKILL");
  },
});
await upgradeSchema(db, { migrations, engine: sqliteUpgrade(path), onStep: () => undefined });
await db.destroy();
process.stdout.write(String(statements));
