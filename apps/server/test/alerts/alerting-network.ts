/**
 * A server in whatever network namespace it was started in, which monitors one target every few seconds, with a channel of each
 * kind that has a receiver here. Prints, line by line, what each has received. Arguments: target, and whether smtp-sink can run.
 */
import type { ChannelRequest } from "@mxray/contracts";
import { LOOPBACK, startTestServer } from "../test-server.ts";
import { startHttpReceiver, startMailSink } from "./receivers.ts";

export interface ReceivedAlerts {
  readonly webhook: readonly string[];
  readonly v4: readonly string[];
  readonly ntfy: readonly string[];
  readonly mail: readonly string[];
}

const [target = "", mail = ""] = process.argv.slice(2);
const receiver = await startHttpReceiver();
const sink = mail === "mail" ? await startMailSink() : null;
const { app, headers } = await startTestServer({
  env: { ...LOOPBACK, MXRAY_WATCH_MINUTES: "1", MXRAY_ALLOW_TARGETS: "0.0.0.0/0,::/0", MXRAY_OWNER_ZONES: "off" },
  minuteMs: 2000,
});
const channels: ChannelRequest[] = [
  { name: "webhook", kind: "webhook", url: `${receiver.url}/webhook` },
  { name: "v4", kind: "webhook-v4", url: `${receiver.url}/v4` },
  { name: "ntfy", kind: "ntfy", url: `${receiver.url}/ntfy` },
  ...(sink === null
    ? []
    : [{ name: "mail", kind: "email", url: sink.url, from: "mxray@example.test", to: ["noc@example.test"] } as const].map((one) => ({
        ...one,
        to: [...one.to],
      }))),
];
for (const payload of channels) {
  const made = await app.inject({ method: "POST", url: "/api/v1/channels", headers, payload });
  if (made.statusCode !== 201) throw new Error(made.body);
}
const put = await app.inject({ method: "PUT", url: "/api/v1/monitors", headers, payload: { target } });
if (put.statusCode !== 201) throw new Error(put.body);

process.on("SIGTERM", () => process.exit(0));
let told = "";
for (;;) {
  const line = JSON.stringify(await received());
  if (line !== told) process.stdout.write(`${line}\n`);
  told = line;
  await new Promise((resolve) => setTimeout(resolve, 200));
}

async function received(): Promise<ReceivedAlerts> {
  const at = (path: string) => receiver.posts.filter((post) => post.path === path);
  const messages = (await sink?.messages()) ?? [];
  return {
    webhook: at("/webhook").map(({ body }) => `${JSON.parse(body).event} ${JSON.parse(body).finding.code}`),
    v4: at("/v4").map(({ body }) => `${JSON.parse(body).status} ${JSON.parse(body).alerts[0].labels.code}`),
    ntfy: at("/ntfy").map(({ headers: { title } }) => String(title).split(":")[0] ?? ""),
    mail: messages.map((message) => /^Subject: \[mxray\] (\w+):/m.exec(message)?.[1] ?? message).toSorted(),
  };
}
