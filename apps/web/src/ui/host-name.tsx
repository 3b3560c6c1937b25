import { Fragment } from "react";

/** Characters of a part that stays whole anywhere. */
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
