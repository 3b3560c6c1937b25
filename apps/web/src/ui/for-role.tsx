import type { UserRole } from "@mxray/contracts";
import type { ReactNode } from "react";
import { useMay } from "../api/use-access.ts";

interface ForRoleProps {
  readonly least: UserRole;
  /** What lesser roles see in its place; default nothing. */
  readonly otherwise?: ReactNode;
  readonly children: ReactNode;
}

/** What a user of this role may do. The server decides; this spares the user its refusals. */
export function ForRole({ least, otherwise, children }: ForRoleProps) {
  const may = useMay(least);
  return may === null ? null : may ? children : otherwise;
}

/** Says what is missing, and why. @param what begins the sentence */
export function RoleNote({ what, least }: { what: string; least: UserRole }) {
  return (
    <p className="text-sm text-soft">
      {what} needs the role <strong>{least}</strong>; ask an admin for it.
    </p>
  );
}
