/**
 * Whether a network can be built on this machine, found out by building the smallest one; and if not, why and what helps.
 * `unshare` alone proves nothing: a kernel may allow the namespace and forbid what is done in it (AppArmor, containers).
 */
import { access, constants } from "node:fs/promises";
import { HolderError, holderEnvironment, holderMode, holderStart } from "./holder.ts";
import { SETUP_READY, setupScript } from "./setup-script.ts";
import { topologyOf } from "./topology.ts";

export type Capability =
  | { readonly ok: true; readonly mode: "root" | "user-namespace" }
  | { readonly ok: false; readonly reason: string; readonly remedy: string };

/** A command, and the Debian package that has it. */
export type RequiredCommand = readonly [command: string, debianPackage: string];

/** What the network is built with. */
const COMMANDS: readonly RequiredCommand[] = [
  ["unshare", "util-linux"],
  ["nsenter", "util-linux"],
  ["setpriv", "util-linux"],
  ["ip", "iproute2"],
  ["nft", "nftables"],
  ["sysctl", "procps"],
];

const TUN_DEVICE = "/dev/net/tun";

/**
 * @param tools what is wanted inside the network besides
 * @param relayed whether the network is to have relayed links, which need TUN devices
 */
export async function describeCapability(tools: readonly RequiredCommand[] = [], relayed = false): Promise<Capability> {
  if (process.platform !== "linux") {
    return { ok: false, reason: "Network namespaces exist on Linux only.", remedy: "Run it on Linux." };
  }
  const missing = [];
  for (const [command, debianPackage] of [...COMMANDS, ...tools]) if (!(await onPath(command))) missing.push({ command, debianPackage });
  if (missing.length > 0) {
    return {
      ok: false,
      reason: `These commands are missing: ${missing.map(({ command }) => command).join(", ")}.`,
      remedy: `apt-get install ${[...new Set(missing.map(({ debianPackage }) => debianPackage))].join(" ")}`,
    };
  }
  if (relayed && !(await isUsable(TUN_DEVICE, constants.R_OK | constants.W_OK))) {
    return {
      ok: false,
      reason: `${TUN_DEVICE}, which relayed links need, is missing or may not be used.`,
      remedy: "Run it as root: `modprobe tun`; in a container, give it the device (`--device /dev/net/tun`).",
    };
  }
  try {
    const script = `${setupScript(topologyOf({ routers: 1 })).replace(`echo ${SETUP_READY}`, `${FILTER_TRIAL}\necho ${SETUP_READY}`)}`;
    await using _holder = await holderStart(script, SETUP_READY);
    return { ok: true, mode: holderMode() };
  } catch (error) {
    if (!(error instanceof HolderError)) throw error;
    return { ok: false, reason: `A network namespace cannot be built here: ${error.message}`, remedy: remedyFor(holderMode()) };
  }
}

const FILTER_TRIAL = `ip netns exec r1 nft -f - <<'LAB'
table inet lab {
chain forward {
type filter hook forward priority 0; policy accept;
numgen random mod 1000 < 1 drop
}
}
LAB`;

function remedyFor(mode: "root" | "user-namespace"): string {
  return mode === "root"
    ? "Run it as root of a real or virtual machine; a container needs CAP_SYS_ADMIN and CAP_NET_ADMIN (`--privileged`)."
    : "Run it as root, or allow user namespaces: `sysctl kernel.apparmor_restrict_unprivileged_userns=0` (Ubuntu), `sysctl user.max_user_namespaces=10000`.";
}

async function onPath(command: string): Promise<boolean> {
  for (const directory of (holderEnvironment().PATH ?? "").split(":")) {
    if (directory === "") continue;
    if (await isUsable(`${directory}/${command}`, constants.X_OK)) return true;
  }
  return false;
}

function isUsable(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
