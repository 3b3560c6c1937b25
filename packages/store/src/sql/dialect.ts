/**
 * What SQL engines write differently, in one place: SQLite's form, then PostgreSQL's. Rows and lists travel as one JSON parameter, so that a
 * statement stays the same however many there are. Names of columns and tables are the caller's own, never input.
 */
import { type RawBuilder, sql } from "kysely";
import { byEngine } from "./by-engine.ts";

/** What a value from JSON is compared with or written to; SQLite takes it from the value. */
export type FieldType = "text" | "bigint";

/** For `in …`: the values of a list, or of a JSON array. */
export function listOf(values: string | readonly unknown[], type: FieldType = "text"): RawBuilder<unknown> {
  const text = typeof values === "string" ? values : JSON.stringify(values);
  return byEngine(
    sql`(select value from json_each(${text}))`,
    sql`(select cast(value as ${sql.raw(type)}) from jsonb_array_elements_text(cast(${text} as jsonb)) as element(value))`,
  );
}

/** For `from …`: one row for each element of a JSON array; `fieldsOf` and `fieldOf` give what is in it. */
export function rowsOf(text: string, name = "json_row"): RawBuilder<unknown> {
  return byEngine(
    sql`json_each(${text}) as ${sql.ref(name)}`,
    sql`jsonb_array_elements(cast(${text} as jsonb)) as ${sql.ref(name)}(value)`,
  );
}

/** The first elements of a row, for `select …`. */
export function fieldsOf(types: readonly FieldType[], name = "json_row"): RawBuilder<unknown> {
  return sql.join(types.map((type, index) => fieldOf(index, type, name)));
}

export function fieldOf(index: number, type: FieldType = "text", name = "json_row"): RawBuilder<unknown> {
  const text = sql`${sql.ref(`${name}.value`)} ->> ${sql.lit(index)}`;
  return byEngine(text, sql`cast(${text} as ${sql.raw(type)})`);
}

/** The element itself, where it is no row. */
export function elementItself(type: FieldType, name: string): RawBuilder<unknown> {
  const value = sql.ref(`${name}.value`);
  return byEngine(sql`${value}`, sql`cast(${value} #>> '{}' as ${sql.raw(type)})`);
}

/** A member of a JSON column, as text. */
export function memberOf(column: string, name: string | number): RawBuilder<string | null> {
  return byEngine<string | null>(
    sql`${sql.ref(column)} ->> ${sql.lit(typeof name === "number" ? `$[${name}]` : `$.${name}`)}`,
    sql`(cast(${sql.ref(column)} as jsonb) #>> ${sql.lit(pathOf(String(name)))})`,
  );
}

/** For `from …`: the elements of an array inside a JSON column, each with `elementOf`. */
export function elementsOf(column: string, array: string, name: string): RawBuilder<unknown> {
  return byEngine(
    sql`json_each(${sql.ref(column)}, ${sql.lit(`$.${array}`)}) as ${sql.ref(name)}`,
    sql`lateral jsonb_array_elements(cast(${sql.ref(column)} as jsonb) #> ${sql.lit(pathOf(array))}) as ${sql.ref(name)}(value)`,
  );
}

/** A member of an element of `elementsOf`, read from the column itself, so that the element is not made first. */
export function elementOf(column: string, name: string, member: string, type: FieldType = "text"): RawBuilder<unknown> {
  return byEngine(
    sql`${sql.ref(column)} ->> (${sql.ref(`${name}.fullkey`)} || ${sql.lit(`.${member}`)})`,
    sql`cast(${sql.ref(`${name}.value`)} #>> ${sql.lit(pathOf(member))} as ${sql.raw(type)})`,
  );
}

/** PostgreSQL's form of a path, from one with dots. */
function pathOf(path: string): string {
  return `{${path.replaceAll(".", ",")}}`;
}

/** All different texts of a group, with commas. */
export function textsOf(value: RawBuilder<unknown>): RawBuilder<string> {
  return byEngine<string>(sql`group_concat(distinct ${value})`, sql`string_agg(distinct ${value}, ',')`);
}

/** All values of a group as a JSON array. @param where which of them */
export function jsonArrayOf(values: RawBuilder<unknown>, where: RawBuilder<unknown> = sql`true`): RawBuilder<string> {
  return byEngine<string>(
    sql`json_group_array(${values}) filter (where ${where})`,
    sql`coalesce(cast(json_agg(${values}) filter (where ${where}) as text), '[]')`,
  );
}

/** Values as one JSON array. */
export function jsonRowOf(values: RawBuilder<unknown>): RawBuilder<string> {
  return byEngine<string>(sql`json_array(${values})`, sql`cast(json_build_array(${values}) as text)`);
}

/** A row as a JSON object. @param columns what each member is called, and its column */
export function jsonObjectOf(columns: Readonly<Record<string, string>>): RawBuilder<string> {
  const members = membersOf(columns);
  return byEngine<string>(sql`json_object(${members})`, sql`cast(json_build_object(${members}) as text)`);
}

/** A group as a JSON array of such objects. */
export function jsonObjectsOf(columns: Readonly<Record<string, string>>, order: string): RawBuilder<string> {
  const members = membersOf(columns);
  return byEngine<string>(
    sql`json_group_array(json_object(${members}) order by ${sql.ref(order)})`,
    sql`coalesce(cast(json_agg(json_build_object(${members}) order by ${sql.ref(order)}) as text), '[]')`,
  );
}

function membersOf(columns: Readonly<Record<string, string>>): RawBuilder<unknown> {
  return sql.join(Object.entries(columns).map(([name, column]) => sql`${sql.lit(name)}, ${sql.ref(column)}`));
}

/** Whether the text is in it, whatever the letters' case (ASCII). */
export function holdsText(where: RawBuilder<unknown>, text: string): RawBuilder<boolean> {
  const bytes = (value: unknown) => sql`lower(cast(${value} as text) collate "C")`;
  return byEngine<boolean>(sql`instr(lower(${where}), lower(${text})) > 0`, sql`strpos(${bytes(where)}, ${bytes(text)}) > 0`);
}

/** The smaller of two, of which one may be null. */
export function leastOf(one: RawBuilder<unknown>, other: RawBuilder<unknown>): RawBuilder<never> {
  return byEngine<never>(sql`min(coalesce(${one}, ${other}), coalesce(${other}, ${one}))`, sql`least(${one}, ${other})`);
}

/** The larger of two, of which one may be null. */
export function greatestOf(one: RawBuilder<unknown>, other: RawBuilder<unknown>): RawBuilder<never> {
  return byEngine<never>(sql`max(coalesce(${one}, ${other}), coalesce(${other}, ${one}))`, sql`greatest(${one}, ${other})`);
}

/** Joins two tables in the order in which they are written, with `on`: the first is small, and the second has a key for it. */
export const JOIN_IN_ORDER = byEngine(sql`cross join`, sql`join`);

/** Joins the rows of a table that `ids`, a `select` with a limit, picks anew for each row before. PostgreSQL would try each row of the table. */
export function joinPicked(table: string, ids: RawBuilder<unknown>): RawBuilder<unknown> {
  const id = sql.ref(`${table}.id`);
  return byEngine(
    sql`cross join ${sql.ref(table)} on ${id} in (${ids})`,
    sql`cross join lateral (${ids}) as picked(id) join ${sql.ref(table)} on ${id} = picked.id`,
  );
}

/** A whole number with leading zeros, so that texts sort as numbers do. */
export function paddedOf(value: RawBuilder<unknown>): RawBuilder<string> {
  return byEngine<string>(sql`printf('%012d', ${value})`, sql`lpad(cast(${value} as text), 12, '0')`);
}

/** Seconds since 1970 as a time of RFC 3339; null stays null. */
export function timeTextOf(seconds: RawBuilder<unknown>): RawBuilder<string | null> {
  return byEngine<string | null>(
    sql`strftime('%Y-%m-%dT%H:%M:%SZ', ${seconds}, 'unixepoch')`,
    sql`to_char(to_timestamp(${seconds}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
  );
}

/** Bytes that the store takes, for `select …`. */
export const STORE_BYTES = byEngine<number>(
  sql`(select page_count * page_size from pragma_page_count(), pragma_page_size())`,
  sql`pg_database_size(current_database())`,
);
