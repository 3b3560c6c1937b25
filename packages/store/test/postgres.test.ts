import { randomUUID } from "node:crypto";
import pg from "pg";
import { openPostgresStore } from "../src/index.ts";
import { describeStore } from "./store-suite.ts";

const HOST = "/tmp/pgx";
let name = "";

async function admin(statement: string): Promise<void> {
  const client = new pg.Client({ host: HOST, user: "mxray", database: "postgres" });
  await client.connect();
  await client.query(statement);
  await client.end();
}

describeStore(
  "PostgreSQL",
  async () => {
    name = `t${randomUUID().replaceAll("-", "")}`;
    await admin(`create database ${name}`);
    return await openPostgresStore(`postgresql://mxray@localhost/${name}?host=${HOST}`);
  },
  () => admin(`drop database ${name} with (force)`),
);
