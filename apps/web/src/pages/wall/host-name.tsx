import { Fragment } from "react";

/** A host's name that breaks where its parts do. */
export function HostName({ name }: { name: string }) {
  return name.split(/(?<=[.:-])/).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place
    <Fragment key={index}>
      {part}
      <wbr />
    </Fragment>
  ));
}

/** Characters that two lines of a small tile hold. */
const WHOLE = 18;
const LEAST_SCALE = 0.7;

/** The size of a name by the size of a short one: a long name is written smaller. */
export function hostNameScale(name: string): number {
  return Math.max(LEAST_SCALE, Math.min(1, WHOLE / name.length));
}
