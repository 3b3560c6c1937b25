/**
 * A server in whatever network namespace it was started in, that watches one target every second or so: tells, line by line, what
 * becomes of the finding of this code. Arguments: target, code.
 */
import type { FindingCode } from "@mxray/contracts";
import { comparisonOf } from "../../src/probing/report.ts";
import { LOOPBACK, startTestServer } from "../test-server.ts";

const [target = "", code = ""] = process.argv.slice(2);
const server = await startTestServer({
  env: { ...LOOPBACK, MXRAY_WATCH_MINUTES: "1", MXRAY_ALLOW_TARGETS: "0.0.0.0/0,::/0", MXRAY_OWNER_ZONES: "off" },
  minuteMs: 1000,
});
const { app, headers, store } = server;
const answer = await app.inject({ method: "PUT", url: "/api/v1/watches", headers, payload: { target } });
if (answer.statusCode !== 201) throw new Error(answer.body);

let told = "";
process.on("SIGTERM", () => process.exit(0));
for (;;) {
  const [found] = (await store.findings.list({ limit: 1, code: code as FindingCode })).findings;
  const [watch] = await store.watches.list();
  if (found !== undefined) {
    const proof = found.fixedBy === null ? null : await store.probes.get(found.fixedBy);
    const comparison = proof === null ? null : await comparisonOf(store, proof);
    const line = JSON.stringify({
      state: found.state,
      title: found.finding.title,
      life: (await store.findings.life(found.id)).map(({ change }) => change),
      last: watch?.rounds[0]?.verdict?.code ?? null,
      fates: comparison?.findings.map((row) => `${row.code} ${row.fate}`) ?? null,
    });
    if (line !== told) process.stdout.write(`${line}\n`);
    told = line;
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
}
