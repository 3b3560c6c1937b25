/**
 * The address that a load may go to, checked before the first connection and then used for all of them: a name that resolves
 * to something else later changes nothing.
 */
import { createHmac, randomBytes } from "node:crypto";
import { lookup, resolveTxt } from "node:dns/promises";
import { readFileSync, writeFileSync } from "node:fs";
import { BlockList, connect, isIP } from "node:net";
import type { StressOptions } from "@mxray/contracts";
import { type StressTarget, StressTargetError } from "./target-file.ts";

/** Addresses that the Internet does not route: our own networks, and those of examples and benchmarks. */
const NOT_ROUTED: readonly (readonly [network: string, prefix: number, family: "ipv4" | "ipv6"])[] = [
  ["127.0.0.0", 8, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["192.0.2.0", 24, "ipv4"],
  ["198.18.0.0", 15, "ipv4"],
  ["198.51.100.0", 24, "ipv4"],
  ["203.0.113.0", 24, "ipv4"],
  ["::1", 128, "ipv6"],
  ["fc00::", 7, "ipv6"],
  ["2001:db8::", 32, "ipv6"],
];
/** What never leaves this machine. */
const LOOPBACK = /^(?:::ffff:)?127\.|^::1$/i;
const GREETING_MS = 30_000;

const privateAddresses = new BlockList();
for (const [network, prefix, family] of NOT_ROUTED) privateAddresses.addSubnet(network, prefix, family);

/** What the check asks; a port, so that tests can give other answers. */
export interface AddressQuestions {
  readonly addresses: (name: string) => Promise<readonly string[]>;
  readonly texts: (name: string) => Promise<readonly string[]>;
  readonly greeting: (address: string, port: number) => Promise<string>;
}

const systemQuestions: AddressQuestions = {
  addresses: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
  texts: async (name) => (await resolveTxt(name)).map((parts) => parts.join("")),
  greeting: readGreeting,
};

/**
 * @param secret of this installation; the proof of a public host contains a token made from it
 * @returns the address to connect to
 * @throws StressTargetError where the load is not allowed, with what is missing
 */
export async function checkedAddress(
  target: StressTarget,
  { starttls }: Pick<StressOptions, "starttls">,
  secret: string,
  questions: AddressQuestions = systemQuestions,
): Promise<string> {
  const addresses = await addressesOf(target, questions);
  const [address] = addresses;
  if (address === undefined) throw new StressTargetError(`${target.host} has no address.`);
  // AUTH PLAIN is the password in another notation (RFC 4616, section 4).
  if (target.credentials !== null && !starttls && !addresses.every((one) => LOOPBACK.test(one)))
    throw new StressTargetError(
      `The password for ${target.text} would cross the network unencrypted: use STARTTLS (--starttls), or remove user and password from its line.`,
    );
  const outside = addresses.find((one) => !isPrivateAddress(one));
  if (outside === undefined) return address;
  if (target.proof === null)
    throw new StressTargetError(
      `${target.text} is at ${outside}, a public address. Its line needs public=dns or public=greeting, and its operator's consent.`,
    );
  await requireProof(target, address, proofToken(target, secret), questions);
  return address;
}

export function isPrivateAddress(address: string): boolean {
  const mapped = /^::ffff:([0-9.]+)$/i.exec(address)?.[1];
  const plain = mapped ?? address;
  return privateAddresses.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
}

/** The operator of the target publishes this to show that the load is wanted. It is another one for each host. */
export function proofToken(target: Pick<StressTarget, "host">, secret: string): string {
  return `mxray-${createHmac("sha256", secret).update(target.host).digest("hex").slice(0, 32)}`;
}

/** Made at the first use and kept beside the target file. @throws StressTargetError where it cannot be kept */
export function installationSecret(targetFile: string): string {
  const path = `${targetFile}.secret`;
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw new StressTargetError(`${path} cannot be read: ${String(error)}.`);
  }
  const secret = randomBytes(32).toString("hex");
  try {
    writeFileSync(path, `${secret}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw new StressTargetError(
      `${path} cannot be written (${(error as NodeJS.ErrnoException).code}): the proof for public hosts is made from it.`,
    );
  }
  return secret;
}

async function addressesOf({ host }: StressTarget, { addresses }: AddressQuestions): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    return await addresses(host);
  } catch (error) {
    throw new StressTargetError(`${host} cannot be resolved: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`);
  }
}

async function requireProof(target: StressTarget, address: string, token: string, { texts, greeting }: AddressQuestions): Promise<void> {
  if (target.proof === "dns") {
    const name = `_mxray-stress.${target.host}`;
    const found = isIP(target.host) === 0 ? await texts(name).catch(() => []) : [];
    if (found.includes(token)) return;
    throw new StressTargetError(
      isIP(target.host) === 0
        ? `${name} has no TXT record with '${token}'. The operator of ${target.host} publishes it to allow the test.`
        : `${target.text} is an address: public=dns needs a host name. Use public=greeting.`,
    );
  }
  const banner = await greeting(address, target.port).catch(() => "");
  if (!banner.includes(token))
    throw new StressTargetError(
      `The greeting of ${target.text} does not contain '${token}'. Its operator puts it there to allow the test.`,
    );
}

async function readGreeting(address: string, port: number): Promise<string> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    let text = "";
    const done = (error: Error | null) => {
      socket.destroy();
      if (error === null) resolve(text);
      else reject(error);
    };
    socket.setTimeout(GREETING_MS, () => done(new Error("timeout")));
    socket.on("error", done);
    socket.on("end", () => done(null));
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (text.length > 4096 || /^[0-9]{3}(?: .*)?\r?\n/m.test(text)) done(null);
    });
  });
}
