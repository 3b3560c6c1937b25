import { Fragment } from "react";

/** Characters of a part that stays whole in any tile. */
const WHOLE_PART = 14;

/** A host's name that breaks behind its dots, and within a part only where that is long. */
export function HostName({ name }: { name: string }) {
  return name.split(/(?<=[.:])/).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place
    <Fragment key={index}>
      {part.length <= WHOLE_PART ? <span className="whitespace-nowrap">{part}</span> : part}
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
