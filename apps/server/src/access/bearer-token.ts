import type { FastifyRequest } from "fastify";

/** As the header says, unverified; null without one. */
export function bearerTokenOf({ headers: { authorization } }: Pick<FastifyRequest, "headers">): string | null {
  return /^bearer +(\S{1,200})$/i.exec(authorization ?? "")?.[1] ?? null;
}
