import type { Subject } from "@mxray/contracts";

/** Host, address and port in one text: NULLs are not equal in a unique index. */
export function subjectKey({ host, address, port }: Subject): string {
  return JSON.stringify([host, address, port]);
}
