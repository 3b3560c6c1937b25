import type { FastifyReply } from "fastify";

/** For what is opened by a secret in its address: no search engine, no other site and no cache gets to know it. */
export function keepPrivate(reply: FastifyReply): FastifyReply {
  return reply
    .header("x-robots-tag", "noindex, nofollow")
    .header("referrer-policy", "no-referrer")
    .header("cache-control", "private, no-store");
}
