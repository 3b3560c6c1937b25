/**
 * What SQL engines write differently, in one place; the forms are SQLite's. Rows and lists travel as one JSON parameter, so that a
 * statement stays the same however many there are. Names of columns and tables are the caller's own, never input.
 */
import { type RawBuilder, sql } from "kysely";

/** For `in …`: the values of a list, or of a JSON array. */
export function listOf(values: string | readonly unknown[]): RawBuilder<unknown> {
  return sql`(select value from json_each(${typeof values === "string" ? values : JSON.stringify(values)}))`;
}

/** For `from …`: one row for each element of a JSON array; `fieldsOf` and `fieldOf` give what is in it. */
export function rowsOf(text: string, name = "json_row"): RawBuilder<unknown> {
  return sql`json_each(${text}) as ${sql.ref(name)}`;
}

/** The first `count` elements of a row, for `select …`. */
export function fieldsOf(count: number, name = "json_row"): RawBuilder<unknown> {
  return sql.join(Array.from({ length: count }, (_, index) => fieldOf(index, name)));
}

export function fieldOf(index: number, name = "json_row"): RawBuilder<unknown> {
  return sql`${sql.ref(`${name}.value`)} ->> ${sql.lit(index)}`;
}

/** A member of a JSON column, as text. */
export function memberOf(column: string, name: string | number): RawBuilder<string | null> {
  return sql`${sql.ref(column)} ->> ${sql.lit(typeof name === "number" ? `$[${name}]` : `$.${name}`)}`;
}

/** For `from …`: the elements of an array inside a JSON column, each with `elementOf`. */
export function elementsOf(column: string, array: string, name: string): RawBuilder<unknown> {
  return sql`json_each(${sql.ref(column)}, ${sql.lit(`$.${array}`)}) as ${sql.ref(name)}`;
}

/** A member of an element of `elementsOf`, read from the column itself, so that the element is not made first. */
export function elementOf(column: string, name: string, member: string): RawBuilder<unknown> {
  return sql`${sql.ref(column)} ->> (${sql.ref(`${name}.fullkey`)} || ${sql.lit(`.${member}`)})`;
}

/** All different texts of a group, with commas. */
export function textsOf(value: RawBuilder<unknown>): RawBuilder<string> {
  return sql`group_concat(distinct ${value})`;
}

/** All values of a group as a JSON array. @param where which of them */
export function jsonArrayOf(values: RawBuilder<unknown>, where?: RawBuilder<unknown>): RawBuilder<string> {
  return where === undefined ? sql`json_group_array(${values})` : sql`json_group_array(${values}) filter (where ${where})`;
}

/** Values as one JSON array. */
export function jsonRowOf(values: RawBuilder<unknown>): RawBuilder<string> {
  return sql`json_array(${values})`;
}

/** A row as a JSON object. @param columns what each member is called, and its column */
export function jsonObjectOf(columns: Readonly<Record<string, string>>): RawBuilder<string> {
  return sql`json_object(${sql.join(Object.entries(columns).map(([name, column]) => sql`${sql.lit(name)}, ${sql.ref(column)}`))})`;
}

/** A group as a JSON array of such objects. */
export function jsonObjectsOf(columns: Readonly<Record<string, string>>, order: string): RawBuilder<string> {
  return sql`json_group_array(${jsonObjectOf(columns)} order by ${sql.ref(order)})`;
}

/** Whether the text is in it, whatever the letters' case (ASCII). */
export function holdsText(where: RawBuilder<unknown>, text: string): RawBuilder<boolean> {
  return sql<boolean>`instr(lower(${where}), lower(${text})) > 0`;
}

/** The smaller of two, of which one may be null. */
export function leastOf(one: RawBuilder<unknown>, other: RawBuilder<unknown>): RawBuilder<never> {
  return sql`min(coalesce(${one}, ${other}), coalesce(${other}, ${one}))`;
}

/** The larger of two, of which one may be null. */
export function greatestOf(one: RawBuilder<unknown>, other: RawBuilder<unknown>): RawBuilder<never> {
  return sql`max(coalesce(${one}, ${other}), coalesce(${other}, ${one}))`;
}

/** Joins two tables in the order in which they are written, with `on`: the first is small, and the second has a key for it. */
export const JOIN_IN_ORDER = sql`cross join`;

/** A whole number with leading zeros, so that texts sort as numbers do. */
export function paddedOf(value: RawBuilder<unknown>): RawBuilder<string> {
  return sql`printf('%012d', ${value})`;
}

/** Seconds since 1970 as a time of RFC 3339; null stays null. */
export function timeTextOf(seconds: RawBuilder<unknown>): RawBuilder<string | null> {
  return sql`strftime('%Y-%m-%dT%H:%M:%SZ', ${seconds}, 'unixepoch')`;
}

/** Bytes that the store takes, for `select …`. */
export const STORE_BYTES = sql<number>`(select page_count * page_size from pragma_page_count(), pragma_page_size())`;
