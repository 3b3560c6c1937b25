/** The body of `/api/v1/live`: the SMTP connections of this machine, as its kernel sees them now. */
import Type, { type Static } from "typebox";
import { Nullable, OneOf, Timestamp } from "../schema-parts.ts";

/** What the kernel knows of one TCP connection from or to a mail port. Byte counts are payload. */
export const MailConnection = Type.Object({
  id: Type.String({ description: "the kernel's cookie of the socket: unique until the machine restarts" }),
  direction: OneOf(["inbound", "outbound"]),
  peer: Type.Object({ address: Type.String(), port: Type.Integer() }),
  /** The mail port: ours for inbound connections, the peer's for outbound ones. */
  mailPort: Type.Integer(),
  sendMss: Type.Integer({ description: "payload bytes of the largest segment that the kernel sends now" }),
  receiveMss: Type.Integer({ description: "payload bytes of the largest segment received, an estimate" }),
  pathMtu: Type.Integer({ description: "bytes of the whole IP packet, as the kernel believes" }),
  bytesAcked: Type.Integer(),
  bytesReceived: Type.Integer(),
  inFlight: Type.Integer({ description: "bytes sent and not acknowledged" }),
  unsent: Type.Integer({ description: "bytes written and not sent" }),
  unread: Type.Integer({ description: "bytes received in order that the mail server has not read" }),
  heldBack: Type.Boolean({ description: "data arrived whose predecessor is missing" }),
  laterArrived: Type.Boolean({ description: "the peer reports data that was sent after what is not acknowledged (SACK)" }),
  timeouts: Type.Integer({ description: "retransmission timeouts since the last acknowledgement of new data" }),
  backoff: Type.Integer({ description: "doublings of the retransmission or window-probe timer" }),
  rtoMs: Type.Number({ description: "milliseconds until the next retransmission timeout" }),
});
export type MailConnection = Static<typeof MailConnection>;

export const LiveDelivery = Type.Object({
  ...MailConnection.properties,
  state: OneOf(["stalled", "quiet", "moving"]),
  /** What the kernel's evidence is: ours is lost, the peer's is lost, or the peer reads nothing. Null unless stalled. */
  stall: Nullable(OneOf(["unacknowledged", "gap", "window-closed"])),
  forMs: Type.Integer({ description: "milliseconds for which no byte was acknowledged or received; a lower bound" }),
});
export type LiveDelivery = Static<typeof LiveDelivery>;

export const LiveDeliveries = Type.Object({
  /** Null: nothing was read yet. */
  at: Nullable(Timestamp),
  /** Why connections cannot be read here. */
  missing: Nullable(Type.String()),
  count: Type.Object({ inbound: Type.Integer(), outbound: Type.Integer(), stalled: Type.Integer() }),
  deliveries: Type.Array(LiveDelivery, { maxItems: 200, description: "stalled ones first, the longest first" }),
});
export type LiveDeliveries = Static<typeof LiveDeliveries>;
