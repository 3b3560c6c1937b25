/** A real `systemd-journald` in a mount namespace of its own, read by way of the real `journalctl`. */
import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const CHILD = fileURLToPath(new URL("journal-child.ts", import.meta.url));
const UNSHARE = ["--mount", "--propagation", "private", ...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"])];
/** A journal needs a folder, and the id of a machine. */
const SETUP = `set -e
mount -t tmpfs none /run
mkdir -p /run/systemd/journal /run/log/journal
if [ -d /var/log/journal ]; then mount -t tmpfs none /var/log/journal; fi
if ! [ -s /etc/machine-id ]; then
  echo 0123456789abcdef0123456789abcdef >/run/machine-id
  touch /etc/machine-id
  mount --bind /run/machine-id /etc/machine-id
fi
exec "$@"`;
const possible =
  existsSync("/lib/systemd/systemd-journald") &&
  spawnSync("unshare", [...UNSHARE, "sh", "-c", SETUP, "sh", "journalctl", "--version"]).status === 0;

it.skipIf(!possible)("each entry of the journal is read once, also what was written while no server ran", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mxray-journald-"));
  try {
    const args = [...UNSHARE, "sh", "-c", SETUP, "sh", process.execPath, CHILD, folder];
    const { stdout } = await promisify(execFile)("unshare", args, { timeout: 60_000 });
    const expected = Array.from({ length: 12 }, (_, entry) => `postfix/smtpd client${entry}.example ${entry}`);
    expect(JSON.parse(stdout)).toEqual(expected.toReversed());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
