/** The delivery test asks before its first message leaves; who refuses keeps both from leaving. */
import { parseTarget } from "@mxray/contracts";
import { mailHostScripts, startMailHost } from "@mxray/lab";
import { localProbeRunner } from "@mxray/probe";
import { expect, test } from "vitest";

const script = mailHostScripts.find(({ name }) => name === "healthy");

async function deliver(admitDelivery: (messageIds: readonly string[]) => Promise<string | null>) {
  if (script === undefined) throw new Error("The lab has no host 'healthy'.");
  await using host = await startMailHost(script);
  const parsed = parseTarget(`127.0.0.1:${host.port}`);
  if (!parsed.ok) throw new Error(parsed.message);
  const observation = await localProbeRunner()({
    target: parsed.target,
    vantage: { name: "local", host: "test", version: "0" },
    trace: false,
    owner: false,
    deliverTo: "me@example.test",
    admitDelivery,
  });
  return { host: observation.hosts[0], delivered: host.delivered };
}

test("it is asked once, with the ids of both messages, before either leaves", async () => {
  const asked: (readonly string[])[] = [];
  const { host, delivered } = await deliver(async (messageIds) => {
    asked.push(messageIds);
    return null;
  });
  expect(host?.endOfData).toMatchObject({ whole: "ok", split: "ok" });
  expect(delivered).toBe(2);
  expect(asked).toEqual([host?.endOfData.messageIds]);
});

test("a refusal keeps both messages back and is the reason of the stage", async () => {
  const { host, delivered } = await deliver(async () => "Enough for today.");
  expect(delivered).toBe(0);
  expect(host?.endOfData).toMatchObject({ whole: "not-tested", split: "not-tested" });
  expect(host?.stages.find(({ stage }) => stage === "end-of-data")).toMatchObject({ outcome: "not-tested", reason: "Enough for today." });
});
