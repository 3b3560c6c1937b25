/**
 * Who may open a link: anyone who has its token, while it is neither revoked nor expired. The wall screen also opens for
 * anyone who is signed in, and for API tokens that read.
 */
import type { LinkOpens } from "@mxray/contracts";
import type { Store, StoredLink } from "@mxray/store";
import type { FastifyRequest } from "fastify";
import { Refusal } from "../refusal.ts";
import { callerOf, checkCaller } from "./caller.ts";
import { hashSecret } from "./secret.ts";
import { notSignedIn } from "./session-access.ts";

const USE_NOTED_MS = 60_000;

/** A browser opens the page of a link; to ask for its headers is no opening. @throws Refusal, as `admitByLink` does */
export async function openLink(
  store: Store,
  opens: LinkOpens,
  token: string,
  { method }: Pick<FastifyRequest, "method">,
): Promise<StoredLink> {
  const link = await admitByLink(store, opens, token);
  if (method !== "HEAD") await store.links.countOpening(link.id, new Date().toISOString());
  return link;
}

/**
 * Reads what a link opens without counting an opening.
 *
 * @throws Refusal `not-found`, `share-revoked`, `share-expired`, `wall-link-revoked`
 */
export async function admitByLink(store: Store, opens: LinkOpens, token: string): Promise<StoredLink> {
  const link = await store.links.byTokenHash(hashSecret(token));
  if (link === null || link.opens !== opens) throw new Refusal("not-found", UNKNOWN[opens]);
  if (link.revokedAt !== null) throw revoked(opens);
  if (link.expiresAt !== null && link.expiresAt <= new Date().toISOString()) {
    throw new Refusal("share-expired", `This link expired on ${link.expiresAt.slice(0, 10)}; ask its sender for another.`);
  }
  return link;
}

/**
 * @param token of a wall link; without one a session is needed
 * @throws Refusal `not-signed-in`, `not-found`, `wall-link-revoked`
 */
export async function admitToWall(store: Store, request: FastifyRequest, token: string | undefined): Promise<void> {
  if (token !== undefined) {
    const link = await admitByLink(store, "wall", token);
    if (request.method !== "HEAD") await noteUse(store, link);
    return;
  }
  const caller = await callerOf(store, request);
  if (caller === null) throw notSignedIn();
  checkCaller(caller, { access: "viewer", scopes: ["read"] });
}

/** A screen asks every few seconds, for months: one use a minute is noted. */
async function noteUse(store: Store, { id, lastUsedAt }: StoredLink): Promise<void> {
  const now = Date.now();
  if (lastUsedAt === null || now - Date.parse(lastUsedAt) >= USE_NOTED_MS) await store.links.noteUse(id, new Date(now).toISOString());
}

const UNKNOWN: Readonly<Record<LinkOpens, string>> = {
  diagnosis: "There is no such diagnosis. Check that the whole link was copied, or ask its sender for another.",
  stress: "There is no such stress test. Check that the whole link was copied, or ask its sender for another.",
  wall: "There is no such wall link. Check that the whole link was copied, or ask for another.",
};

function revoked(opens: LinkOpens): Refusal {
  switch (opens) {
    case "diagnosis":
    case "stress":
      return new Refusal("share-revoked", "This link was revoked by its sender; ask for another.");
    case "wall":
      return new Refusal("wall-link-revoked", "This wall link was revoked. Make another with the button 'Wall screen' in mxray.");
  }
}
