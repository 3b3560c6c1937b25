/** Who may look at the wall: whoever is signed in, and whoever has a wall link that was not revoked. */
import type { Store, StoredWallLink } from "@mxray/store";
import type { FastifyRequest } from "fastify";
import { Refusal } from "../refusal.ts";
import { hashSecret } from "./secret.ts";
import { hasSession, notSignedIn } from "./session-access.ts";

const USE_NOTED_MS = 60_000;

/**
 * @param token of a wall link; without one a session is wanted
 * @throws Refusal `not-signed-in`, `not-found`, `wall-link-revoked`
 */
export async function admitToWall(store: Store, request: FastifyRequest, token: string | undefined): Promise<void> {
  if (token !== undefined) await useWallLink(store, token);
  else if (!(await hasSession(store, request))) throw notSignedIn();
}

/** A browser opens the wall's page with a link. @throws Refusal `not-found`, `wall-link-revoked` */
export async function openWallLink(store: Store, token: string): Promise<void> {
  await store.wallLinks.countOpening((await wallLink(store, token)).id, new Date().toISOString());
}

async function useWallLink(store: Store, token: string): Promise<void> {
  const link = await wallLink(store, token);
  const now = Date.now();
  // A screen asks every few seconds, for months: once a minute is noted.
  if (link.lastUsedAt === null || now - Date.parse(link.lastUsedAt) >= USE_NOTED_MS) {
    await store.wallLinks.noteUse(link.id, new Date(now).toISOString());
  }
}

async function wallLink(store: Store, token: string): Promise<StoredWallLink> {
  const link = await store.wallLinks.byTokenHash(hashSecret(token));
  if (link === null) {
    throw new Refusal("not-found", "There is no such wall link. Look whether the whole link was copied, or ask for another.");
  }
  if (link.revokedAt !== null) {
    throw new Refusal("wall-link-revoked", "This wall link was revoked. Make another with the button 'Wall screen' in mxray.");
  }
  return link;
}
