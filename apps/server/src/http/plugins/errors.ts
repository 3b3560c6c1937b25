/**
 * Every answer other than success has one shape: `{ error: { code, message, details } }`. Only this module knows which HTTP
 * status a refusal becomes. A route for browsers names a `refusalTitle` in its config and is answered with a page.
 */
import { type ErrorBody, printable } from "@mxray/contracts";
import { StoreError } from "@mxray/store";
import type { FastifyError, FastifyInstance, FastifyReply } from "fastify";
import { notFound, Refusal, type RefusalCode } from "../../refusal.ts";
import { sentencePage } from "../plain-page.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Heading of the page that shows why this route refused. */
    refusalTitle?: string;
  }
}

const STATUSES: Readonly<Record<RefusalCode, number>> = {
  "agent-revoked": 401,
  "already-ended": 409,
  "already-followed": 409,
  busy: 503,
  "cross-site": 403,
  "delivery-not-confirmed": 400,
  "followed-by-agent": 409,
  internal: 500,
  "invalid-channel": 400,
  "invalid-location": 400,
  "invalid-range": 400,
  "invalid-recipient": 400,
  "invalid-request": 400,
  "invalid-setting": 400,
  "invalid-password": 400,
  "invalid-target": 400,
  "invalid-token": 401,
  "managed-by-provider": 409,
  "name-taken": 409,
  "named-by-environment": 409,
  "no-password": 409,
  "no-such-vantage": 404,
  "not-followed": 409,
  "not-found": 404,
  "not-open": 409,
  "not-signed-in": 401,
  "not-startable": 409,
  "nothing-to-check": 409,
  "nothing-to-share": 409,
  open: 409,
  "own-account": 409,
  "page-not-built": 503,
  "port-not-allowed": 403,
  "practice-not-watched": 409,
  "queue-full": 503,
  "role-too-small": 403,
  "scope-too-small": 403,
  "share-expired": 410,
  "share-revoked": 410,
  "sign-on-refused": 403,
  "sign-on-unreachable": 503,
  "store-unavailable": 503,
  "stress-not-confirmed": 400,
  "stress-running": 409,
  "target-not-allowed": 403,
  "too-large": 413,
  "too-many-deliveries": 429,
  "too-many-requests": 429,
  "too-many-watches": 409,
  "too-slow": 408,
  "unsupported-media-type": 415,
  "user-disabled": 409,
  "vantage-not-ready": 409,
  "version-mismatch": 426,
  "wall-link-revoked": 410,
  "wrong-password": 403,
};

const BUG = "Something went wrong in mxray; the server's log has the details.";

export function registerErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError | Refusal | StoreError>((error, request, reply) => {
    const refusal = error instanceof Refusal ? error : refusalOf(error);
    if (refusal.code === "internal" || error instanceof StoreError) request.log.error(error);
    const status = statusOf(refusal, error);
    const title = request.routeOptions.config.refusalTitle;
    if (title === undefined || status >= 500) return sendRefusal(reply, refusal, status);
    return reply.code(status).type("text/html").send(sentencePage(title, refusal.message));
  });
}

export function sendRefusal(reply: FastifyReply, { code, message, details }: Refusal, status = STATUSES[code]): FastifyReply {
  const body: ErrorBody = { error: { code, message, ...(details === undefined ? {} : { details }) } };
  return reply.code(status).send(body);
}

/** For a route that answers with a page of its own. */
export function statusOfRefusal({ code }: Refusal): number {
  return STATUSES[code];
}

/** Fastify is more exact about a request that it could not read. */
function statusOf({ code }: Refusal, error: FastifyError | Refusal | StoreError): number {
  if (error instanceof Refusal || error instanceof StoreError || code !== "invalid-request" || error.validation !== undefined) {
    return STATUSES[code];
  }
  return error.statusCode ?? STATUSES[code];
}

/** Errors of Fastify and of the store, in our words. */
function refusalOf(error: FastifyError | StoreError): Refusal {
  if (error instanceof StoreError) return storeRefusal(error);
  const { statusCode = 500 } = error;
  if (error.validation !== undefined) {
    const part = error.validationContext ?? "body";
    return new Refusal("invalid-request", validationSentence(part, error), error.validation.slice(0, 5));
  }
  if (statusCode === 404) return notFound("page");
  if (statusCode === 413) return new Refusal("too-large", "The request's body is larger than this server accepts.");
  if (statusCode === 415) return new Refusal("unsupported-media-type", "Send JSON, with 'Content-Type: application/json'.");
  if (statusCode === 429) return new Refusal("too-many-requests", error.message);
  if (statusCode < 500) return new Refusal("invalid-request", error.message);
  return new Refusal("internal", BUG);
}

/** What the operator can remedy says so; what cannot be established is for the log. */
function storeRefusal({ trouble }: StoreError): Refusal {
  switch (trouble) {
    case "locked":
      return unavailable("another program has locked the store; try again in a moment");
    case "full":
      return unavailable("the disk of the store is full; free some space and try again");
    case "forbidden":
      return unavailable("this server may not write its store; give its user the right to");
    case "ended":
      return new Refusal(
        "store-unavailable",
        "The thread of the store ended before it answered and is started again; look whether this was done, and try again.",
      );
    case "unreachable":
      return unavailable("PostgreSQL does not answer; try again in a moment");
    case "io":
      return unavailable("the disk of the store failed; the server's log has the details");
    case "damaged":
    case "newer":
    case "unfinished":
    case "other":
      return new Refusal("internal", BUG);
  }
}

function unavailable(why: string): Refusal {
  return new Refusal("store-unavailable", `This was not done: ${why}.`);
}

function validationSentence(part: string, { validation = [] }: FastifyError): string {
  const params = (keyword: string, name: string) => {
    const found = validation.find((one) => one.keyword === keyword)?.params as Record<string, string[]> | undefined;
    return found?.[name]?.[0];
  };
  const unknown = params("additionalProperties", "additionalProperties");
  if (unknown !== undefined) return `The request's ${part} has no field '${printable(unknown, 80)}'; /api/docs lists the fields.`;
  const missing = params("required", "requiredProperties");
  if (missing !== undefined) return `The request's ${part} lacks the field '${missing}'; /api/docs lists the fields.`;
  const [first] = validation;
  const field = (first?.instancePath ?? "").split("/").filter(Boolean).join(".");
  const where = field === "" ? `The request's ${part}` : `The field '${field}' of the request's ${part}`;
  return `${where} ${first?.message ?? "is not as it should be"}.`;
}
