/** Users: list, invite, give a role, disable, delete. */
import type { UserInvitation as Invitation, UserSummary as Summary } from "@mxray/contracts";
import { ErrorBody, UserChangeRequest, UserInvitation, UserList, UserRequest, UserSummary } from "@mxray/contracts/schemas";
import type { Act, Store, StoredUser } from "@mxray/store";
import type { FastifyRequest } from "fastify";
import Type from "typebox";
import type { AccessChanges } from "../access/access-changes.ts";
import { actOf } from "../access/act.ts";
import { hashSecret, newSecret } from "../access/secret.ts";
import { signInUrl } from "../access/session-access.ts";
import { isLoopbackUrl } from "../config/public-url.ts";
import type { App } from "../http/app-type.ts";
import { notFound, Refusal } from "../refusal.ts";

const INVITATION_MS = 3 * 24 * 3600 * 1000;
const Id = Type.Object({ id: Type.String({ maxLength: 64 }) });
const tags = ["users"];

interface UserRoutesDeps {
  readonly store: Store;
  readonly changes: AccessChanges;
  readonly publicUrl: () => string;
}

export async function userRoutes(app: App, deps: UserRoutesDeps): Promise<void> {
  const { store, changes } = deps;
  invitationRoutes(app, deps);

  app.get(
    "/api/v1/users",
    { config: { access: "admin" }, schema: { tags, summary: "List users", response: { 200: UserList } } },
    async () => ({ users: (await store.users.list()).map(summaryOf) }),
  );

  app.patch(
    "/api/v1/users/:id",
    {
      config: { access: "admin", act: "user.changed" },
      schema: {
        tags,
        summary: "Give a user another role, disable or enable a user",
        description: "The sessions and sign-in links of the user end at once. You cannot change your own account.",
        params: Id,
        body: UserChangeRequest,
        response: { 200: UserSummary, "4xx": ErrorBody },
      },
    },
    async (request) => {
      refuseOwn(request, request.params.id);
      if (request.body.role !== undefined) await refuseProvided(store, request.params.id, "the role");
      const user = await store.users.change(request.params.id, request.body, actOf(request));
      if (user === null) throw notFound("user");
      changes.happened();
      return summaryOf(user);
    },
  );

  app.delete(
    "/api/v1/users/:id",
    {
      config: { access: "admin", act: "user.deleted" },
      schema: { tags, summary: "Delete a user", description: "The audit keeps the name.", params: Id },
    },
    async (request, reply) => {
      refuseOwn(request, request.params.id);
      if (!(await store.users.delete(request.params.id, actOf(request)))) throw notFound("user");
      changes.happened();
      return reply.code(204).send();
    },
  );
}

function invitationRoutes(app: App, { store, publicUrl }: UserRoutesDeps): void {
  const invite = async (user: StoredUser, act: Act): Promise<Invitation> => {
    const token = newSecret();
    const expiresAt = new Date(Date.now() + INVITATION_MS).toISOString();
    await store.sessions.addSignInToken(hashSecret(token), expiresAt, { userId: user.id, name: user.name, act });
    return { user: summaryOf(user), url: signInUrl(publicUrl(), token), expiresAt, loopback: isLoopbackUrl(publicUrl()) };
  };
  const response = { 201: UserInvitation, "4xx": ErrorBody };

  app.post(
    "/api/v1/users",
    {
      config: { access: "admin", act: "user.created" },
      schema: {
        tags,
        summary: "Add a user",
        description: "The answer has a link, shown once and valid for three days, by which the user chooses a password.",
        body: UserRequest,
        response,
      },
    },
    async (request, reply) => {
      const act = actOf(request);
      const user = await store.users.create({ ...request.body, createdAt: act.at }, act);
      if (user === null) throw new Refusal("name-taken", `There is a user '${request.body.name}' already; choose another name.`);
      return reply.code(201).send(await invite(user, { ...act, action: "user.invited" }));
    },
  );

  app.post(
    "/api/v1/users/:id/invitation",
    {
      config: { access: "admin", act: "user.invited" },
      schema: {
        tags,
        summary: "Make another sign-in link for a user",
        description:
          "For a user who lost the first one or the password. It replaces the earlier link; the password stays until it is used.",
        params: Id,
        response,
      },
    },
    async (request, reply) => {
      const user = await store.users.get(request.params.id);
      if (user === null) throw notFound("user");
      await refuseProvided(store, user.id, "the password");
      if (user.disabledAt !== null) throw new Refusal("user-disabled", `'${user.name}' is disabled; enable the account first.`);
      return reply.code(201).send(await invite(user, actOf(request)));
    },
  );
}

/** Nobody locks themselves out by a slip. @throws Refusal */
function refuseOwn({ caller }: FastifyRequest, id: string): void {
  if (caller?.actor.kind !== "user" || caller.actor.id !== id) return;
  throw new Refusal("own-account", "You cannot change your own account; another admin can, or the owner by the one-time link.");
}

/** @throws Refusal `managed-by-provider` */
async function refuseProvided(store: Store, id: string, what: string): Promise<void> {
  const user = await store.users.get(id);
  if (user === null || user.issuer === null) return;
  throw new Refusal("managed-by-provider", `'${user.name}' signs in with ${new URL(user.issuer).host}: change ${what} there.`);
}

function summaryOf({ password, ...user }: StoredUser): Summary {
  return { ...user, hasPassword: password !== null };
}
