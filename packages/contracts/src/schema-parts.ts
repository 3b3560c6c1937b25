/** Small schema builders that the contracts share. */
import Type, { type TEnum, type TNull, type TSchema, type TUnion } from "typebox";

export const Nullable = <T extends TSchema>(schema: T): TUnion<[T, TNull]> => Type.Union([schema, Type.Null()]);

/** A closed union of strings. */
export const OneOf = <const V extends readonly string[]>(values: V): TEnum<[...V]> => Type.Enum([...values]) as TEnum<[...V]>;

/** RFC 3339, UTC. */
export const Timestamp = Type.String({ description: "RFC 3339 in UTC" });
/** Milliseconds with a fraction. */
export const Milliseconds = Type.Number({ description: "milliseconds" });
/** Whole IP packet, bytes. */
export const PacketSize = Type.Integer({ description: "bytes of the whole IP packet" });
