/** After an upgrade, kept findings are computed again from their observations. */
import type { Finding } from "@mxray/contracts";
import { mailHostScript, startMailHost } from "@mxray/lab";
import { openStore, type Store } from "@mxray/store";
import { expect, test } from "vitest";
import { ended, LOOPBACK, startTestServer } from "./test-server.ts";

const OLD_RULES = { "findings-computed-by": "1" };

async function until<T>(look: () => Promise<T | null>): Promise<T> {
  for (let turn = 0; turn < 500; turn += 1) {
    const seen = await look();
    if (seen !== null) return seen;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("It did not happen.");
}

/** What an earlier version concluded from the observation of this probe. */
async function concludeOtherwise(store: Store, probeId: string, code: Finding["code"]): Promise<void> {
  const probe = await store.probes.get(probeId);
  const [finding] = (await store.findings.ofProbe(probeId)).map((kept) => kept.finding);
  if (probe === null || probe.observation === null || finding === undefined) throw new Error("no probe with a finding");
  const { observation, request } = probe;
  const { id } = await store.probes.create({ target: request.target, previousId: null, request, createdAt: "2026-01-01T00:00:00.000Z" });
  await store.probes.finish(id, {
    status: "done",
    finishedAt: "2026-01-01T00:00:10.000Z",
    observation,
    findings: [{ ...finding, code, title: "Concluded by earlier rules" }],
    fixed: [],
    verdict: null,
    error: null,
  });
}

test("what holds stays, what does not is withdrawn, once", async () => {
  const store = await openStore({ path: ":memory:" });
  await using host = await startMailHost(mailHostScript("pix-6"));
  const env = { ...LOOPBACK, MXRAY_ALLOW_PORTS: String(host.port) };
  {
    await using server = await startTestServer({ env, store });
    const { app, headers } = server;
    const target = `127.0.0.1:${host.port}`;
    const { id } = (await app.inject({ method: "POST", url: "/api/v1/probes", headers, payload: { target } })).json();
    await ended(server, id);
    await concludeOtherwise(store, id, "pmtu-black-hole");
  }
  const before = await store.findings.list({ limit: 10 });
  expect(before.findings.map(({ finding, state }) => [finding.code, state]).toSorted()).toEqual([
    ["pmtu-black-hole", "open"],
    ["smtp-fixup", "open"],
  ]);

  await store.settings.change(OLD_RULES, "2026-01-01T00:00:00.000Z");
  {
    await using _upgraded = await startTestServer({ env, store });
    const withdrawn = await until(async () => {
      const { findings } = await store.findings.list({ limit: 10, code: "pmtu-black-hole", states: ["fixed"] });
      return findings[0] ?? null;
    });
    expect(withdrawn.fixedBy).toBeNull();
    expect((await store.findings.life(withdrawn.id)).map(({ change }) => change)).toEqual(["opened", "withdrawn"]);
    await until(async () => ((await store.settings.list()).some(({ value }) => value === "1") ? null : true));
  }
  const { findings } = await store.findings.list({ limit: 10, states: ["open"] });
  expect(findings.map(({ finding }) => finding.code)).toEqual(["smtp-fixup"]);

  // Computed by the rules of today: the next start looks at nothing.
  await concludeOtherwise(store, findings[0]?.probeId ?? "", "size-cliff");
  {
    await using _again = await startTestServer({ env, store });
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  expect((await store.findings.list({ limit: 10, code: "size-cliff" })).findings).toMatchObject([{ state: "open" }]);
  await store.close();
});
