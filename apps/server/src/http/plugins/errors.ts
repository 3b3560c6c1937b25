/** Every answer other than success has one shape: `{ error: { code, message, details } }`. */
import { type ErrorBody, printable } from "@mxray/contracts";
import type { FastifyError, FastifyInstance } from "fastify";
import { ApiError, notFound } from "../api-error.ts";

export function registerErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError | ApiError>((error, request, reply) => {
    const told = error instanceof ApiError ? error : tell(error);
    if (told.statusCode >= 500 && told.code === "internal") request.log.error(error);
    return reply.code(told.statusCode).send(errorBody(told));
  });
}

export function errorBody({ code, message, details }: ApiError): ErrorBody {
  return { error: { code, message, ...(details === undefined ? {} : { details }) } };
}

/** Fastify's own errors, in our words. */
function tell(error: FastifyError): ApiError {
  const { statusCode = 500 } = error;
  if (error.validation !== undefined) {
    const part = error.validationContext ?? "body";
    return new ApiError(400, "invalid-request", validationSentence(part, error), error.validation.slice(0, 5));
  }
  if (statusCode === 404) return notFound("page");
  if (statusCode === 413) return new ApiError(413, "too-large", "The request's body is larger than this server takes.");
  if (statusCode === 415) return new ApiError(415, "unsupported-media-type", "Send JSON, with 'Content-Type: application/json'.");
  if (statusCode === 429) return new ApiError(429, "too-many-requests", error.message);
  if (statusCode < 500) return new ApiError(statusCode, "invalid-request", error.message);
  return new ApiError(500, "internal", "Something went wrong in mxray; the server's log has the details.");
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
