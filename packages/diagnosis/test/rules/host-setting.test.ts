import { expect, test } from "vitest";
import { codesOf, findingOf, probeOf } from "../found.ts";
import { host, outbound, path, probe, rung } from "../observation.ts";

const probing = (tcpMtuProbing: number, size: number) =>
  path({ kernel: { ...path().kernel, tcpMtuProbing }, outbound: outbound({ mtu: size, rungs: [rung(size)] }) });

test("tcp_mtu_probing 2 is one finding about this machine, however many hosts were probed, and healthy claims no more than was sent", () => {
  const observation = probe([host({ path: probing(2, 1076) }), host({ family: 6, path: probing(2, 1096) })]);
  expect(codesOf(observation).filter((code) => code === "host-setting-hides")).toHaveLength(1);
  const finding = findingOf(observation, "host-setting-hides");
  expect(finding).toMatchObject({ severity: "info", subject: { host: null, address: null } });
  expect(finding.title).toContain("1096 bytes");
  expect(finding.remedies.map(({ steps }) => steps).join()).toContain("tcp_mtu_probing=1");
  expect(findingOf(observation, "healthy").summary).toContain("Packets of up to 1076 bytes arrive");
});

test.each([0, 1])("tcp_mtu_probing %i hides nothing", (value) => {
  expect(codesOf(probeOf({ path: probing(value, 1076) }))).not.toContain("host-setting-hides");
});

test("with tcp_mtu_probing 2, a packet as large as the interface allows leaves nothing hidden", () => {
  expect(codesOf(probeOf({ path: probing(2, 1500) }))).not.toContain("host-setting-hides");
});

test("a further connection that the host turned away is said in the verdict", () => {
  const reply = { code: 421, enhanced: null, text: "421 Too many connections" };
  const stages = host().stages.map((each) =>
    each.stage === "starttls"
      ? {
          ...each,
          outcome: "not-tested" as const,
          cause: "needs" as const,
          reason: "The host answered with '421 Too many connections'.",
          reply,
        }
      : each,
  );
  expect(findingOf(probeOf({ stages }), "healthy").summary).toContain(
    "Not tested: starttls (The host answered with '421 Too many connections'.)",
  );
});
