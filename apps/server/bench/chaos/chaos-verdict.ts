/** Whether every promise was kept, asked of the server when the chaos is over and of its store when it has ended. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import type { MailHost } from "@mxray/lab";
import type { ChaosLedger } from "./chaos-ledger.ts";
import type { ChaosServer } from "./chaos-server.ts";

/** For what was begun to come to its end, and for what failed to be tried again. */
const SETTLE_MS = 150_000;
/** Messages of one confirmed test. */
const MESSAGES = 2;

// biome-ignore lint/suspicious/noExplicitAny: whatever the API says.
type Body = any;

export async function judgeServer(server: ChaosServer, ledger: ChaosLedger): Promise<void> {
  const get: Get = async (path) => {
    const answer = await fetch(server.url + path, { headers: server.headers });
    if (answer.status === 429) {
      await sleep(Number(answer.headers.get("retry-after")) * 1000);
      return await get(path);
    }
    const text = await answer.text();
    return { status: answer.status, body: text.startsWith("{") ? JSON.parse(text) : text };
  };
  const settles = async (what: string, holds: () => Promise<boolean>, until: number) => {
    while (performance.now() < until) {
      if (await holds()) return;
      await sleep(500);
    }
    ledger.violate(`${what}: not within ${SETTLE_MS / 1000} s of the end`);
  };
  const until = performance.now() + SETTLE_MS;
  const ended = new Set<string>();
  await settles("every probe ends", () => allEnded(get, ledger, ended), until);
  await settles("followed logs are read to their end", () => allRead(get, ledger), until);
  await settles("all work goes on", async () => (await get("/readyz")).body.status === "ok", until);

  await judgeFindings(get, ledger);
  for (const { token, revoked, id } of ledger.links) {
    const { status } = await get(`/d/${token}.json`);
    if (revoked === false && status !== 200) ledger.violate(`the link ${id} was made, and is answered with ${status}`);
    if (revoked === true && status !== 410) ledger.violate(`the link ${id} was revoked, and is answered with ${status}`);
  }
  const watched = (await get("/api/v1/watches")).body.watches.map(({ target }: Body) => target) as string[];
  for (const [target, wanted] of ledger.watches) {
    if (wanted !== null && watched.includes(target) !== wanted) {
      ledger.violate(`the watch of ${target} was ${wanted ? "made and is gone" : "ended and goes on"}`);
    }
  }
  const contact = (await get("/api/v1/settings")).body.settings.find(({ name }: Body) => name === "contact")?.value ?? null;
  if (!ledger.contacts.includes(contact)) ledger.violate(`the setting is ${contact}, and was ${ledger.contacts.join(" or ")}`);
}

type Get = (path: string) => Promise<{ readonly status: number; readonly body: Body }>;

/** @param ended those that need not be asked for again */
async function allEnded(get: Get, ledger: ChaosLedger, ended: Set<string>): Promise<boolean> {
  const running = (await get("/api/v1/probes?limit=200")).body.probes?.filter(
    ({ status }: Body) => status === "queued" || status === "running",
  );
  if (running === undefined || running.length > 0) return false;
  for (const id of ledger.probes) {
    if (ended.has(id)) continue;
    const { status, body } = await get(`/api/v1/probes/${id}`);
    if (status === 404) ledger.violate(`the probe ${id} was accepted and is gone`);
    else if (!["done", "failed", "cancelled"].includes(body.status)) return false;
    ended.add(id);
    if (body.status === "failed" && /error in mxray/.test(body.error ?? "")) ledger.violate(`the probe ${id} failed: ${body.error}`);
  }
  return true;
}

async function allRead(get: Get, ledger: ChaosLedger): Promise<boolean> {
  const { sources } = (await get("/api/v1/logs/sources")).body;
  return (sources ?? []).every(({ location, lines, state }: Body) => state === "following" && lines >= (ledger.lines.get(location) ?? 0));
}

async function judgeFindings(get: Get, ledger: ChaosLedger): Promise<void> {
  for (const { findingId, note } of ledger.notes) {
    const { body } = await get(`/api/v1/findings/${findingId}`);
    const times = body.life?.filter((change: Body) => change.note === note).length ?? 0;
    if (times !== 1) ledger.violate(`the note '${note}' was acknowledged, and is there ${times} times`);
  }
  for (const { id } of (await get("/api/v1/findings?limit=200")).body.findings) {
    const opened = (await get(`/api/v1/findings/${id}`)).body.life.filter(({ change }: Body) => change === "opened").length;
    if (opened > 1) ledger.violate(`the finding ${id} was opened ${opened} times`);
  }
}

export function judgeDeliveries(host: MailHost, ledger: ChaosLedger): number {
  let messages = 0;
  for (const recipient of ledger.deliveries.keys()) {
    const count = host.connections.flatMap(({ delivered }) => delivered).filter((text) => text.includes(recipient)).length;
    messages += count;
    if (count > MESSAGES) ledger.violate(`the one test to ${recipient} delivered ${count} messages`);
  }
  return messages;
}

/** Of a server that has ended. @returns lines that were counted */
export function judgeStore(dataDir: string, ledger: ChaosLedger): number {
  const database = new DatabaseSync(join(dataDir, "mxray.sqlite"));
  try {
    for (const check of ["integrity_check", "foreign_key_check"]) {
      const rows = database.prepare(`pragma ${check}`).all();
      const ok = check === "integrity_check" ? Object.values(rows[0] ?? {})[0] === "ok" : rows.length === 0;
      if (!ok) ledger.violate(`${check}: ${JSON.stringify(rows).slice(0, 300)}`);
    }
    const counted = database
      .prepare(
        "select value, sum(count) as count from log_count join log_measure on log_measure.id = measure_id where measure = 'received' group by value",
      )
      .all()
      .map(({ value, count }) => ({ value: Number(value), count: Number(count) }));
    const twice = counted.filter(({ count }) => count !== 1);
    if (twice.length > 0) ledger.violate(`${twice.length} lines were counted other than once: ${JSON.stringify(twice.slice(0, 5))}`);
    const followed = database.prepare("select location, lines from log_source").all();
    let lines = 0;
    for (const { location, lines: read } of followed) {
      const written = ledger.lines.get(String(location)) ?? 0;
      if (Number(read) !== written) ledger.violate(`${location}: ${written} lines written, ${read} read`);
      lines += written;
    }
    if (counted.length !== lines) ledger.violate(`${lines} lines written to followed logs, ${counted.length} counted`);
    return lines;
  } finally {
    database.close();
  }
}
