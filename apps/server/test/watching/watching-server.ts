/**
 * A server in whatever network namespace it was started in, that watches one target every second or so: tells, line by line, what
 * becomes of the finding of this code. Arguments: target, code.
 */
import { LOOPBACK, startTestServer } from "../test-server.ts";

const [target = "", code = ""] = process.argv.slice(2);
const server = await startTestServer({
  env: { ...LOOPBACK, MXRAY_ALLOW_TARGETS: "0.0.0.0/0,::/0", MXRAY_OWNER_ZONES: "off" },
  config: { watchIntervalMs: 1000 },
});
const { app, headers } = server;
const answer = await app.inject({ method: "PUT", url: "/api/v1/watches", headers, payload: { target } });
if (answer.statusCode !== 201) throw new Error(answer.body);
const read = async (url: string) => (await app.inject({ url, headers })).json();

let told = "";
process.on("SIGTERM", () => process.exit(0));
for (;;) {
  const [summary] = (await read(`/api/v1/findings?code=${code}`)).findings;
  if (summary !== undefined) {
    const { state, life, title } = await read(`/api/v1/findings/${summary.id}`);
    const [round] = (await read("/api/v1/watches")).watches[0].rounds;
    const proof = summary.fixedBy === null ? null : await read(`/api/v1/probes/${summary.fixedBy}`);
    const line = JSON.stringify({
      state,
      title,
      life: life.map(({ change }: { change: string }) => change),
      last: round?.verdict?.code ?? null,
      fates: proof?.comparison?.findings.map((row: { code: string; fate: string }) => `${row.code} ${row.fate}`) ?? null,
    });
    if (line !== told) process.stdout.write(`${line}\n`);
    told = line;
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
}
