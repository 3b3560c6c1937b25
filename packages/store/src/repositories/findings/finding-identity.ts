/** Which row a finding is: one per cause and subject. */
import { type Finding, identityOfSubject } from "@mxray/contracts";

/** @returns the unique columns; NULLs are not equal in a unique index, so the subject is one text */
export function identityColumns({ code, subject }: Pick<Finding, "code" | "subject">) {
  return { code, subject_key: JSON.stringify(identityOfSubject(subject)) };
}
