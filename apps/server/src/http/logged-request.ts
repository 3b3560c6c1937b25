/**
 * What the server's log says of a request. Secrets travel in paths (`/d/TOKEN`, `/wall/TOKEN`) and queries (`?token=`), and a log is
 * read by more people than may open them: a path is written only if its route has no secret in it, a query never.
 */
import type { FastifyRequest } from "fastify";

type LoggedRequest = {
  readonly method: string;
  readonly url: string;
  readonly remoteAddress: string;
};

export function loggedRequest({ method, url, ip, routeOptions }: FastifyRequest): LoggedRequest {
  const route = routeOptions?.url ?? "an unknown route";
  // A pattern says nothing of what a visitor typed.
  const secret = route.includes(":token") || route.includes("*") || !route.startsWith("/");
  return { method, url: secret ? route : (url.split("?")[0] ?? ""), remoteAddress: ip };
}
