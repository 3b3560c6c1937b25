/**
 * One mail host of the lab as a program: `node mail-host-process.ts NAME [--host ADDRESS] [--port PORT]` (default `::` and any
 * free port). Prints `ready PORT` when it listens and `delivered N` for each message it accepts; ends on SIGTERM or SIGINT.
 * Exit status 2 for wrong use, with the names it knows.
 */
import { parseArgs } from "node:util";
import { mailHostScripts } from "../hosts/index.ts";
import { startMailHost } from "../mail-host/mail-host.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { host: { type: "string", default: "::" }, port: { type: "string", default: "0" } },
});
const script = mailHostScripts.find((each) => each.name === positionals[0]);
const port = Number(values.port);
if (!script || positionals.length !== 1 || !Number.isInteger(port) || port < 0 || port > 65_535) {
  process.stderr.write("usage: mail-host-process.ts NAME [--host ADDRESS] [--port PORT]\n\n");
  for (const each of mailHostScripts) process.stderr.write(`  ${each.name.padEnd(28)} ${each.title}\n`);
  process.exit(2);
}
const host = await startMailHost(script, { host: values.host, port });
process.stdout.write(`ready ${host.port}\n`);
let told = 0;
const watch = setInterval(() => {
  while (told < host.delivered) process.stdout.write(`delivered ${++told}\n`);
}, 200);
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    clearInterval(watch);
    void host.stop();
  });
}
