/** Names of the practice lab: they exist nowhere else (`test` is reserved, RFC 6761). */

export const PRACTICE_DOMAIN = "lab.test";

/** @param host a name as typed, without port */
export function isPracticeName(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  return name === PRACTICE_DOMAIN || name.endsWith(`.${PRACTICE_DOMAIN}`);
}
