/** Which address a finding is about. */
import type { Finding, Subject } from "../finding.ts";

type Place = Pick<Subject, "address" | "port">;

export function isAbout({ subjects }: Pick<Finding, "subjects">, { address, port }: Place): boolean {
  return subjects.some((subject) => subject.address === address && subject.port === port);
}

/** Of a joined finding what concerns one of its subjects: the evidence of that address. */
export function ofSubject(finding: Finding, subject: Subject): Finding {
  const own = finding.evidence.filter(({ data }) => data.address === undefined || data.address === subject.address);
  return { ...finding, subject, subjects: [subject], evidence: own };
}

/** Empty for a finding about no address. */
export function subjectAddresses({ subjects }: Pick<Finding, "subjects">): string[] {
  return subjects.flatMap(({ address }) => address ?? []);
}
