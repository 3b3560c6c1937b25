import type { Finding } from "@mxray/contracts";

/** Where several addresses of one host have the same trouble, each title says which is meant: its family, or the address itself. */
export function distinctTitles(findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => {
    const { address } = finding.subject;
    const alike = findings.filter(({ title }) => title === finding.title);
    if (alike.length === 1 || address === null) return finding;
    const family = familyOf(finding);
    const alone = alike.filter((other) => familyOf(other) === family).length === 1;
    return { ...finding, title: `${finding.title} (${alone ? family : address})` };
  });
}

function familyOf({ subject: { address } }: Finding): string | null {
  return address === null ? null : address.includes(":") ? "IPv6" : "IPv4";
}
