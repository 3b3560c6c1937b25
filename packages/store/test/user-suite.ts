import type { UserRole } from "@mxray/contracts";
import { expect, it } from "vitest";
import type { Act, Store } from "../src/index.ts";
import { AT, LATER, LATEST } from "./suite-data.ts";

export function userSuite(storeOf: () => Store): void {
  const act = (action: Act["action"], at = AT): Act => ({
    at,
    actor: { kind: "owner", id: null, name: null },
    address: "192.0.2.7",
    action,
  });
  const make = (name = "Ann", role: "viewer" | "admin" = "viewer") =>
    storeOf().users.create({ name, role, createdAt: AT }, act("user.created"));
  const begin = (sessionHash: string, userId: string | null, replaces: string | null = null) =>
    storeOf().sessions.create({ sessionHash, createdAt: AT, expiresAt: LATEST, address: "192.0.2.7", browser: null, userId, replaces });
  const whose = async (sessionHash: string) => (await storeOf().sessions.signInOf(sessionHash, AT))?.user;

  it("have names of their own, whatever the case", async () => {
    expect(await storeOf().users.any()).toBe(false);
    const ann = await make();
    expect(ann).toMatchObject({ name: "Ann", role: "viewer", disabledAt: null, lastSignedInAt: null, password: null });
    expect(await make("ANN", "admin")).toBeNull();
    await make("bob");
    expect((await storeOf().users.list()).map(({ name }) => name)).toEqual(["Ann", "bob"]);
    expect(await storeOf().users.named("aNN")).toEqual(ann);
    expect(await storeOf().users.any()).toBe(true);
  });

  it("are behind their sessions; a new one of a browser replaces the one before", async () => {
    const { id } = (await make()) ?? { id: "" };
    await begin("owner", null);
    expect(await whose("owner")).toBeNull();
    await begin("first", id, "owner");
    expect([await whose("owner"), await whose("first")]).toEqual([undefined, { id, name: "Ann", role: "viewer" }]);
    expect((await storeOf().users.get(id))?.lastSignedInAt).toBe(AT);
  });

  it("lose their sessions and sign-in links at once with another role, when disabled and when deleted; nobody else does", async () => {
    const { users, sessions } = storeOf();
    const { id } = (await make()) ?? { id: "" };
    const { id: bob } = (await make("bob")) ?? { id: "" };
    const all = async () => {
      await begin("one", id);
      await begin("two", id);
      await sessions.addSignInToken("link", LATER, { userId: id, name: "Ann", act: act("user.invited") });
    };
    const standing = async () => [await whose("one"), await whose("two"), await sessions.signInToken("link", AT)];
    await begin("bob", bob);
    await begin("owner", null);
    await all();
    expect(await users.change(id, { role: "viewer" }, act("user.changed"))).toMatchObject({ role: "viewer" });
    expect(await standing()).toEqual([expect.anything(), expect.anything(), { userId: id }]);
    expect(await users.change(id, { role: "operator" }, act("user.changed"))).toMatchObject({ role: "operator" });
    expect(await standing()).toEqual([undefined, undefined, null]);
    await all();
    expect(await users.change(id, { disabled: true }, act("user.changed", LATER))).toMatchObject({ disabledAt: LATER });
    expect(await standing()).toEqual([undefined, undefined, null]);
    // One that begins after all, as from a password that was checked just before.
    await begin("late", id);
    expect(await whose("late")).toBeUndefined();
    expect(await users.change(id, { disabled: false }, act("user.changed"))).toMatchObject({ disabledAt: null });
    await all();
    expect(await users.delete(id, act("user.deleted"))).toBe(true);
    expect(await standing()).toEqual([undefined, undefined, null]);
    await begin("ghost", id);
    expect(await whose("ghost")).toBeUndefined();
    expect(await users.delete(id, act("user.deleted"))).toBe(false);
    expect([await whose("bob"), await whose("owner")]).toEqual([expect.objectContaining({ id: bob }), null]);
  });

  it("choose a password by a link that works once, and keep the session in which they change it", async () => {
    const { users, sessions } = storeOf();
    const { id } = (await make()) ?? { id: "" };
    const set = (password: string, proof: Parameters<Store["users"]["setPassword"]>[2]) =>
      users.setPassword(id, password, proof, act("user.password-set"));
    await sessions.addSignInToken("early", LATER, { userId: id, name: "Ann", act: act("user.invited") });
    await sessions.addSignInToken("link", LATER, { userId: id, name: "Ann", act: act("user.invited") });
    expect(await set("a", { tokenHash: "early" })).toBe(false);
    expect(await Promise.all([set("b", { tokenHash: "link" }), set("c", { tokenHash: "link" })])).toEqual([true, false]);
    expect((await users.get(id))?.password).toBe("b");
    await begin("here", id);
    await begin("elsewhere", id);
    expect(await set("d", { sessionHash: "here" })).toBe(true);
    expect([await whose("here"), await whose("elsewhere")]).toEqual([expect.objectContaining({ id }), undefined]);
    await users.change(id, { disabled: true }, act("user.changed"));
    expect(await set("e", {})).toBe(false);
    expect((await users.get(id))?.password).toBe("d");
  });

  it("of programs have tokens, kept as hashes", async () => {
    const { tokens } = storeOf();
    const made = await tokens.create(
      { name: "ci", tokenHash: "hash", scopes: ["probe", "read"], createdAt: AT, expiresAt: LATER, madeBy: "Ann" },
      act("token.created"),
    );
    expect(made).toMatchObject({ name: "ci", scopes: ["probe", "read"], madeBy: "Ann", revokedAt: null, lastUsedAt: null });
    expect(JSON.stringify(made)).not.toContain("hash");
    await tokens.noteUse(made.id, LATER);
    expect(await tokens.byHash("hash")).toEqual({ ...made, lastUsedAt: LATER });
    expect(await tokens.byHash("other")).toBeNull();
    expect([await tokens.revoke(made.id, act("token.revoked", LATER)), await tokens.revoke(made.id, act("token.revoked"))]).toEqual([
      true,
      false,
    ]);
    expect(await tokens.list()).toMatchObject([{ id: made.id, revokedAt: LATER }]);
  });

  it("of a provider are made at the first sign-on; another role, none, and the provider's word end their sessions", async () => {
    const { users, audit } = storeOf();
    const issuer = "https://login.example.com";
    const on = (role: UserRole | null, subject = "s1", name = "carol") => users.signOn({ issuer, subject, name, role }, AT, "192.0.2.9");
    expect(await on(null)).toEqual({ kind: "no-role", user: null });
    expect(await users.list()).toEqual([]);
    const first = await on("viewer");
    expect(first).toMatchObject({ kind: "signed-on", roleChanged: false, user: { name: "carol", role: "viewer", issuer, password: null } });
    const { id } = (await users.named("carol")) ?? { id: "" };
    // No password signs in: the page need not ask for one.
    expect(await users.any()).toBe(false);
    await begin("one", id);
    expect(await on("viewer")).toMatchObject({ kind: "signed-on", roleChanged: false });
    expect(await whose("one")).toMatchObject({ id, role: "viewer" });
    expect(await on("admin", "s1", "renamed")).toMatchObject({
      kind: "signed-on",
      roleChanged: true,
      user: { id, name: "carol", role: "admin" },
    });
    expect(await whose("one")).toBeUndefined();
    await begin("two", id);
    expect(await on(null)).toMatchObject({ kind: "no-role", user: { id } });
    expect(await whose("two")).toBeUndefined();
    await begin("three", id);
    expect(await users.signOff({ issuer, subject: "s2" }, AT, "192.0.2.9")).toBe(false);
    expect(await users.signOff({ issuer: "https://other.example", subject: "s1" }, AT, "192.0.2.9")).toBe(false);
    expect(await whose("three")).toBeDefined();
    expect(await users.signOff({ issuer, subject: "s1" }, AT, "192.0.2.9")).toBe(true);
    expect(await whose("three")).toBeUndefined();
    await users.change(id, { disabled: true }, act("user.changed"));
    expect(await on("admin")).toMatchObject({ kind: "disabled", user: { id } });
    // Another person of the same name is not this one, nor one with a password.
    await make("Dave");
    expect([await on("admin", "s2"), await on("admin", "s3", "dave")]).toEqual([{ kind: "name-taken" }, { kind: "name-taken" }]);
    const noted = (await audit.list({ limit: 20 })).map(({ action, actor, object }) => `${action} ${actor.name} ${object.detail}`);
    expect(noted).toEqual(
      expect.arrayContaining([
        "user.created carol role: viewer",
        "user.changed carol role: viewer → admin",
        "session.ended carol by the provider",
      ]),
    );
  });
}
