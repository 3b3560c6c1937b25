/** What a request does, for the audit: the store records it together with what it changes. */
import type { AuditAction } from "@mxray/contracts";
import type { Act, Actor, SignedInUser } from "@mxray/store";
import type { FastifyRequest } from "fastify";

/** As the route's config names it. */
export function actOf({ caller, ip, routeOptions }: FastifyRequest): Act {
  const { act } = routeOptions.config;
  if (caller === null || act === undefined || act === null) throw new Error(`${routeOptions.url} names no act, or is public.`);
  return actBy(caller.actor, act, { ip });
}

export function actBy(actor: Actor, action: AuditAction, { ip }: Pick<FastifyRequest, "ip">): Act {
  return { at: new Date().toISOString(), actor, address: ip, action };
}

/** @param user null for the owner */
export function actorOf(user: Pick<SignedInUser, "id" | "name"> | null): Actor {
  return user === null ? { kind: "owner", id: null, name: null } : { kind: "user", id: user.id, name: user.name };
}
