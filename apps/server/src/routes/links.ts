/** Links that open one diagnosis, one stress run or the wall screen, and nothing else, without an account. */
import type { LinkCreated, LinkOpens, LinkSummary } from "@mxray/contracts";
import {
  DiagnosisLinkRequest,
  ErrorBody,
  LinkCreated as LinkCreatedBody,
  LinkList,
  StressLinkRequest,
  WallLinkRequest,
} from "@mxray/contracts/schemas";
import type { NewLink, SignIn, Store, StoredLink } from "@mxray/store";
import type { FastifyRequest } from "fastify";
import Type from "typebox";
import { actOf } from "../access/act.ts";
import { linkMaker } from "../access/link-maker.ts";
import { hashSecret, newSecret } from "../access/secret.ts";
import { isLoopbackUrl } from "../config/public-url.ts";
import type { App } from "../http/app-type.ts";
import { notFound, Refusal } from "../refusal.ts";
import { diagnosisLink } from "../sharing/diagnosis-link.ts";
import { stressLink } from "../sharing/shared-stress.ts";

const PATHS: Readonly<Record<LinkOpens, string>> = { diagnosis: "/d/", stress: "/s/", wall: "/wall/" };
const tags = ["links"];
const CREATE = { access: "operator", act: "link.created" } as const;

interface LinkRoutesDeps {
  readonly store: Store;
  readonly publicUrl: () => string;
}

export async function linkRoutes(app: App, deps: LinkRoutesDeps): Promise<void> {
  const { store } = deps;
  makeRoutes(app, deps);

  app.get(
    "/api/v1/links",
    { config: { access: "operator" }, schema: { tags, summary: "List links, the newest first", response: { 200: LinkList } } },
    async ({ caller }) => ({ links: (await store.links.list()).map((link) => summaryOf(link, caller?.signIn ?? null)) }),
  );

  // Scripts written before share and wall links became one name the other two.
  for (const path of ["/api/v1/links", "/api/v1/shares", "/api/v1/wall-links"]) {
    app.delete(
      `${path}/:id`,
      {
        config: { access: "operator", act: "link.revoked" },
        schema: {
          tags,
          summary: "Revoke a link",
          description: "It stops working immediately; wall screens that show it say so within seconds.",
          deprecated: path !== "/api/v1/links",
          params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
        },
      },
      async (request, reply) => {
        const act = actOf(request);
        if (!(await store.links.revoke(request.params.id, act.at, act))) throw notFound("link that could be revoked");
        return reply.code(204).send();
      },
    );
  }
}

function makeRoutes(app: App, { store, publicUrl }: LinkRoutesDeps): void {
  const make = async (link: Omit<NewLink, "tokenHash" | "signInId">, request: FastifyRequest): Promise<LinkCreated> => {
    const signIn = request.caller?.signIn ?? null;
    const token = newSecret();
    const made = await store.links.create({ ...link, tokenHash: hashSecret(token), signInId: signIn?.id ?? null }, actOf(request));
    return { ...summaryOf(made, signIn), token, url: publicUrl() + PATHS[link.opens] + token, loopback: isLoopbackUrl(publicUrl()) };
  };
  const response = { 201: LinkCreatedBody, "4xx": ErrorBody };

  for (const path of ["/api/v1/links/diagnosis", "/api/v1/shares"]) {
    const schema = {
      tags,
      summary: "Share a diagnosis",
      description:
        "The link is shown once, because only its hash is stored. Mail addresses and internal names are removed unless `includePrivate`.",
      deprecated: path === "/api/v1/shares",
      body: DiagnosisLinkRequest,
      response,
    };
    app.post(path, { config: CREATE, schema }, async (request, reply) =>
      reply.code(201).send(await make(await diagnosisLink(store, request.body), request)),
    );
  }
  app.post(
    "/api/v1/links/stress",
    {
      config: CREATE,
      schema: {
        tags,
        summary: "Share a stress run",
        description: "The link is shown once: only a hash of it is kept. Mail addresses and names are taken out unless `includePrivate`.",
        body: StressLinkRequest,
        response,
      },
    },
    async (request, reply) => reply.code(201).send(await make(await stressLink(store, request.body), request)),
  );
  for (const path of ["/api/v1/links/wall", "/api/v1/wall-links"]) {
    const schema = {
      tags,
      summary: "Make a link to the wall screen",
      description: "The link is shown once, because only its hash is stored. It works until it is revoked.",
      deprecated: path === "/api/v1/wall-links",
      body: WallLinkRequest,
      response,
    };
    app.post(path, { config: CREATE, schema }, async (request, reply) => reply.code(201).send(await make(wallLink(request.body), request)));
  }
}

function wallLink({ name }: WallLinkRequest): Omit<NewLink, "tokenHash" | "signInId"> {
  if (name.trim() === "") throw new Refusal("invalid-request", "Give the link a name, such as the place where its screen hangs.");
  const createdAt = new Date().toISOString();
  return { opens: "wall", probeId: null, name: name.trim(), createdAt, expiresAt: null, note: null, includePrivate: false };
}

function summaryOf(
  { id, opens, name, probeId, stressId, createdAt, expiresAt, revokedAt, lastUsedAt, opened, madeBy }: StoredLink,
  asking: SignIn | null,
): LinkSummary {
  return { id, opens, name, probeId, stressId, createdAt, expiresAt, revokedAt, lastUsedAt, opened, madeBy: linkMaker(madeBy, asking) };
}
