/**
 * The mark that tells mxray's own connections from those of a mail server, to any process of the machine: a socket priority
 * (SO_PRIORITY, socket(7)), which sock_diag shows to every user. It never leaves the machine, and queueing disciplines treat 4 as
 * they treat 0, the priority of all others.
 */
import type { Socket } from "node:net";
import { type Libc, loadLibc, SO_PRIORITY, SOL_SOCKET } from "./libc.ts";

export const OWN_SOCKET_PRIORITY = 4;

export function markOwnSocket(libc: Libc, fd: number): void {
  libc.setInt(fd, SOL_SOCKET, SO_PRIORITY, OWN_SOCKET_PRIORITY);
}

/** Marks a socket that Node made, once it is connected. Does nothing where the C library cannot be called. */
export function ownSocketMarker(): (socket: Socket) => void {
  const loaded = loadLibc();
  return (socket) => {
    const fd = (socket as unknown as { readonly _handle: { readonly fd: number } | null })._handle?.fd ?? -1;
    if (loaded.ok && fd >= 0) markOwnSocket(loaded.libc, fd);
  };
}
