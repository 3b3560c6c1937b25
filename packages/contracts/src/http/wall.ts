/** The wall screen's data: destinations and what is wrong with them. No mail address, no evidence, nothing of the practice lab. */
import Type, { type Static } from "typebox";
import { Nullable, OneOf, Timestamp } from "../schema-parts.ts";
import { CONFIDENCES, FINDING_CODES, type FindingCode } from "../terms/finding-terms.ts";
import { WALL_CHANGES, WALL_GROUPINGS } from "../terms/wall-terms.ts";

const Code = OneOf([...FINDING_CODES] as [FindingCode, ...FindingCode[]]);

/** A tile: one destination or one kind of trouble with all its open findings. */
export const WallTrouble = Type.Object({
  key: Type.String({ description: "the same tile has the same key in every snapshot" }),
  /** A host name, address or domain; for grouping `kind` the finding's code. */
  name: Type.String(),
  severity: OneOf(["critical", "warning"]),
  /** Somebody has taken note of every finding behind it. */
  acknowledged: Type.Boolean(),
  /** How often mail stalled in the last `PEER_MAIL_DAYS` days with the hosts behind it. */
  stalled: Type.Integer(),
  /** Since when the oldest of its findings stands. */
  since: Timestamp,
  /** The worst first, each code once. */
  kinds: Type.Array(Type.Object({ code: Code, confidence: OneOf(CONFIDENCES) })),
  /** What stands behind the name: addresses, mail hosts or destinations; the first of them. */
  members: Type.Array(Type.String()),
  memberCount: Type.Integer(),
});
export type WallTrouble = Static<typeof WallTrouble>;

/** A destination without an open finding, with what its last probe said. */
export const WallCalm = Type.Object({
  name: Type.String(),
  /** Null where mxray itself failed to probe it, or did so too long ago. */
  code: Nullable(Code),
  probedAt: Timestamp,
  watched: Type.Boolean(),
});
export type WallCalm = Static<typeof WallCalm>;

export const WallChange = Type.Object({
  id: Type.String({ description: "of the finding" }),
  kind: OneOf(WALL_CHANGES),
  at: Timestamp,
  name: Type.String(),
  code: Code,
});
export type WallChange = Static<typeof WallChange>;

/** What became of mail in the last day, in and out together, from the oldest bucket to the newest. */
export const WallFlow = Type.Object({
  from: Timestamp,
  bucketSeconds: Type.Integer(),
  buckets: Type.Array(Type.Object({ delivered: Type.Integer(), deferred: Type.Integer(), stalled: Type.Integer() })),
});
export type WallFlow = Static<typeof WallFlow>;

/** `GET /api/v1/wall`, and the message `snapshot` of `/api/v1/wall/events`. */
export const WallSnapshot = Type.Object({
  schema: Type.Literal("mxray.wall/1"),
  at: Timestamp,
  /** Of the server: a page of another version reloads itself. */
  version: Type.String(),
  grouping: OneOf(WALL_GROUPINGS),
  /** The worst first. */
  troubles: Type.Array(WallTrouble),
  /** Open findings that did not fit into `troubles`; the least severe ones. */
  findingsLeftOut: Type.Integer(),
  /** By name, of destinations that were probed within the last `calmDays`, and of watched ones whenever they were. */
  calm: Type.Array(WallCalm),
  calmDays: Type.Integer(),
  lastProbe: Nullable(Type.Object({ name: Type.String(), at: Timestamp })),
  /** Null where no log is followed. */
  flow: Nullable(WallFlow),
  /** The newest first. */
  changes: Type.Array(WallChange),
});
export type WallSnapshot = Static<typeof WallSnapshot>;

/** The message `beat` of `/api/v1/wall/events`: nothing has changed. */
export const WallBeat = Type.Object({ at: Timestamp });
export type WallBeat = Static<typeof WallBeat>;
