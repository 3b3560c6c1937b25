/** Why PostgreSQL could not do something, as a sentence for the person who runs the server. It never holds the password. */
import { StoreError, type StoreTrouble } from "../store-error.ts";

/** Of node:net and node:dns: nothing answers, or it stopped answering. */
const NO_ANSWER = new Set(
  ["ECONNREFUSED", "ECONNRESET", "ENOENT", "EACCES", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT", "EPIPE", "ENOTFOUND"].concat("EAI_AGAIN"),
);
/** Errors of node-postgres itself have no code. */
const CONNECTION_LOST = /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;
const MOST_WORDS = 300;

/** For pages and logs: without user and password. */
export function postgresLocation(url: string): string {
  const { hostname, port, pathname, searchParams } = new URL(url);
  return `postgresql://${searchParams.get("host") ?? hostname}${port && `:${port}`}${pathname}`;
}

/** By SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html) or the system's code. */
function postgresTrouble(error: unknown): StoreTrouble {
  if (error instanceof StoreError) return error.trouble;
  const code = codeOf(error);
  if (NO_ANSWER.has(code) || CONNECTION_LOST.test(wordsOf(error))) return "unreachable";
  switch (code) {
    case "57P01": // admin_shutdown
    case "57P02": // crash_shutdown
    case "57P03": // cannot_connect_now
    case "53300": // too_many_connections
      return "unreachable";
    case "25006": // read_only_sql_transaction
    case "42501": // insufficient_privilege
    case "28000": // invalid_authorization_specification
    case "28P01": // invalid_password
      return "forbidden";
    case "40001": // serialization_failure
    case "40P01": // deadlock_detected
    case "55P03": // lock_not_available
      return "locked";
    case "53100": // disk_full
      return "full";
    case "58030": // io_error
      return "io";
    case "XX001": // data_corrupted
    case "XX002": // index_corrupted
      return "damaged";
    default:
      return code.startsWith("08") ? "unreachable" : "other";
  }
}

/** An error of a statement; what is no trouble of the database is a bug, and stays as it is. */
export function postgresFailure(error: unknown): unknown {
  const trouble = postgresTrouble(error);
  return trouble === "other" || error instanceof StoreError ? error : new StoreError(wordsOf(error), trouble, { cause: error });
}

/** What kept the store from opening, in one sentence with the remedy. */
export function postgresStoreError(url: string, error: unknown): StoreError {
  const { cause = error } = error as { cause?: unknown };
  return new StoreError(`The store ${postgresLocation(url)} cannot be opened: ${reasonOf(cause)}.`, postgresTrouble(cause));
}

function reasonOf(error: unknown): string {
  const words = wordsOf(error);
  if (error instanceof StoreError) return words;
  switch (codeOf(error)) {
    case "3D000":
      return `${words}; create it with 'createdb', or correct DATABASE_URL`;
    case "28000":
    case "28P01":
      return `PostgreSQL rejects the user or the password (${words}); correct DATABASE_URL`;
    case "42501":
      return `its user may not create tables there (${words}); make the user the owner of the database`;
    case "53300":
      return `PostgreSQL has no connection left (${words}); raise max_connections, or end other programs`;
    case "57P03":
      return `PostgreSQL is not ready (${words}); try again in a moment`;
    case "08P01":
      return `${words}; if DATABASE_URL names a connection pooler such as PgBouncer, name PostgreSQL itself`;
  }
  switch (postgresTrouble(error)) {
    case "unreachable":
      return `PostgreSQL does not answer there (${words}); start it, or correct DATABASE_URL`;
    case "full":
      return `the disk of PostgreSQL is full (${words}); free some space`;
    default:
      return `${words}; correct DATABASE_URL, or see the log of PostgreSQL`;
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? "");
}

/** Several addresses of one name give one error each, and a joint one without words. */
function wordsOf(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return (first instanceof Error ? first.message : String(first)).replace(/\s+/g, " ").slice(0, MOST_WORDS);
}
