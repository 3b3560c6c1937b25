import { createServer } from "node:https";
import { certificateBundle, startDnsServer } from "@mxray/lab";
import { describe, expect, test } from "vitest";
import { nodePolicyFetcher } from "../src/node/policy-fetcher.ts";
import { nodeResolver } from "../src/node/resolver.ts";
import type { PolicyAnswer } from "../src/ports.ts";
import { findTlsDemand, readPolicy } from "../src/tls-demand.ts";

const POLICY = "version: STSv1\r\nmode: enforce\r\nmx: mx1.example.test\r\nmx: *.backup.test\r\nmax_age: 86400\r\n";
const ZONE = {
  "_25._tcp.mx1.example.test": { tlsa: ["00".repeat(32)] },
  "_25._tcp.mx3.example.test": "server-failure",
  "_mta-sts.example.test": { txt: ["v=STSv1; id=20260101"] },
  "mta-sts.example.test": { a: ["192.0.2.7"] },
} as const;

async function demand(answer: PolicyAnswer, { domain = "example.test", refusal = null as string | null } = {}) {
  await using server = await startDnsServer(ZONE);
  const fetched: string[] = [];
  const found = await findTlsDemand(
    { domain, hosts: ["mx1.example.test", "mx2.example.test", "mx3.example.test", "mx1.example.test"], port: 25 },
    {
      resolver: nodeResolver(server.address),
      policies: {
        fetch: async ({ name, address, path }) => {
          fetched.push(`${name} ${address} ${path}`);
          return answer;
        },
      },
    },
    { admit: () => refusal, signal: new AbortController().signal },
  );
  return { ...found, fetched };
}

describe("what a domain demands of senders about TLS", () => {
  test("TLSA records per host, each once; the policy behind the record", async () => {
    const { mtaSts, tlsa, fetched } = await demand({ ok: true, text: POLICY });
    expect(tlsa).toEqual([
      { host: "mx1.example.test", record: "present" },
      { host: "mx2.example.test", record: "absent" },
      { host: "mx3.example.test", record: "unknown" },
    ]);
    expect(mtaSts).toEqual({ record: "present", mode: "enforce", mx: ["mx1.example.test", "*.backup.test"], reason: null });
    expect(fetched).toEqual(["mta-sts.example.test 192.0.2.7 /.well-known/mta-sts.txt"]);
  });

  test("a policy that cannot be fetched is not known, and says why", async () => {
    const { mtaSts } = await demand({ ok: false, reason: "it answered with status 404." });
    expect(mtaSts).toMatchObject({ record: "present", mode: null, reason: expect.stringContaining("status 404") });
  });

  test("nothing is fetched from an address that is not admitted, nor for a domain without the record", async () => {
    const refused = await demand({ ok: true, text: POLICY }, { refusal: "Private addresses are not probed." });
    expect(refused.fetched).toEqual([]);
    expect(refused.mtaSts).toMatchObject({ mode: null, reason: expect.stringContaining("Private addresses") });
    const none = await demand({ ok: true, text: POLICY }, { domain: "other.test" });
    expect(none).toMatchObject({ mtaSts: { record: "absent" }, fetched: [] });
  });

  test.each([
    ["", null],
    ["version: STSv2\nmode: enforce", null],
    ["version: STSv1\nmode: sometimes", null],
    ["version: STSv1\nmode: testing\nmx: a.test", "testing"],
    [`version: STSv1\nmode: none\n${"mx: a.test\n".repeat(5000)}`, "none"],
  ] as const)("a policy as text", (text, mode) => {
    const policy = readPolicy(text);
    expect(policy.mode).toBe(mode);
    expect(policy.mx.length).toBeLessThanOrEqual(20);
  });
});

describe("fetching a policy", () => {
  const { key, cert } = certificateBundle({ names: ["mta-sts.example.test"] });
  async function fetchFrom(answer: { status: number; body: string }, name = "mta-sts.example.test") {
    const server = createServer({ key, cert }, (_request, response) => {
      response.writeHead(answer.status, { location: "https://elsewhere.test/" }).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    try {
      return await nodePolicyFetcher({ port, ca: cert }).fetch({
        name,
        address: "127.0.0.1",
        path: "/",
        signal: new AbortController().signal,
      });
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  test("gives the text of a 200 under a certificate of that name", async () => {
    expect(await fetchFrom({ status: 200, body: POLICY })).toEqual({ ok: true, text: POLICY });
  });
  test.each([
    ["a redirect", { status: 302, body: "" }, undefined, "status 302"],
    ["more than 64 kB", { status: 200, body: "x".repeat(100_000) }, undefined, "larger than 64 kB"],
    ["another name", { status: 200, body: POLICY }, "mta-sts.other.test", "mta-sts.other.test"],
  ] as const)("refuses %s", async (_name, answer, name, words) => {
    expect(await fetchFrom(answer, name)).toMatchObject({ ok: false, reason: expect.stringContaining(words) });
  });
});
