/** OpenID Connect against a provider on loopback: who gets in, with which role, who is refused and why, and how sessions end. */
import { type SignOnFault, type SignOnPerson, SignOnProvider } from "@mxray/lab";
import { describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "./test-server.ts";

const HTML = { accept: "text/html" };
const CLIENT = { clientId: "mxray", clientSecret: "a secret: of 100 %" };
const ANN = { sub: "1001", preferred_username: "ann", groups: ["noc", "staff"] };

interface Signing extends AsyncDisposable {
  readonly provider: SignOnProvider;
  readonly server: TestServer;
}

async function start(options: { readonly env?: Record<string, string>; readonly onlyInUserInfo?: string[] } = {}): Promise<Signing> {
  const provider = await SignOnProvider.start({ ...CLIENT, ...options });
  provider.people.set("ann", ANN);
  const server = await startTestServer({
    env: {
      MXRAY_OIDC_ISSUER: provider.issuer,
      MXRAY_OIDC_CLIENT_ID: CLIENT.clientId,
      MXRAY_OIDC_CLIENT_SECRET: CLIENT.clientSecret,
      MXRAY_OIDC_ROLES: "mail-admins=admin; noc=operator; *=viewer",
      MXRAY_PUBLIC_URL: "https://mxray.example.com",
      ...options.env,
    },
  });
  return {
    provider,
    server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
    },
  };
}

const cookiesOf = (answer: { cookies: { name: string; value: string }[] }) =>
  answer.cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
const begin = async ({ server }: Signing) => {
  const answer = await server.app.inject({ url: "/sign-in/oidc", headers: HTML });
  return { answer, cookie: cookiesOf(answer), url: String(answer.headers.location) };
};
const callBack = (server: TestServer, location: string, cookie: string) => {
  const { pathname, search } = new URL(location);
  return server.app.inject({ url: `${pathname}${search}`, headers: { ...HTML, cookie } });
};
/** All the way: gives the answer to the provider's redirect. */
async function signOn(signing: Signing, person = "ann") {
  const { url, cookie } = await begin(signing);
  return await callBack(signing.server, await signing.provider.choose(url, person), cookie);
}
const sessionOf = ({ server }: Signing, headers: Record<string, string>) => server.app.inject({ url: "/api/v1/session", headers });
const sessionCookie = (answer: Awaited<ReturnType<typeof signOn>>) => ({
  cookie: `mxray_session=${answer.cookies.find(({ name }) => name === "mxray_session")?.value ?? ""}`,
});

describe("single sign-on", () => {
  it("signs in by code, PKCE, state and nonce, with the role of the group, for twelve hours", async () => {
    await using signing = await start();
    const { answer, url } = await begin(signing);
    expect(answer.statusCode).toBe(303);
    const asked = Object.fromEntries(new URL(url).searchParams);
    expect(asked).toMatchObject({
      client_id: "mxray",
      response_type: "code",
      code_challenge_method: "S256",
      redirect_uri: "https://mxray.example.com/sign-in/oidc/callback",
      scope: "openid profile email",
    });
    for (const name of ["state", "nonce", "code_challenge"]) expect(asked[name]?.length).toBeGreaterThan(40);
    expect(answer.cookies).toMatchObject([{ httpOnly: true, secure: true, sameSite: "Lax", path: "/sign-in/oidc", maxAge: 600 }]);

    const signedIn = await signOn(signing);
    expect([signedIn.statusCode, signedIn.headers.location], signedIn.body).toEqual([303, "/"]);
    expect(signedIn.cookies.find(({ name }) => name === "mxray_session")).toMatchObject({ httpOnly: true, secure: true, maxAge: 43_200 });
    const session = await sessionOf(signing, sessionCookie(signedIn));
    expect(session.json()).toMatchObject({ role: "operator", user: { name: "ann", issuer: signing.provider.issuer } });
    const audit = await signing.server.store.audit.list({ limit: 10 });
    expect(audit.map(({ action, actor }) => [action, actor.name])).toEqual([
      ["session.begun", "ann"],
      ["user.created", "ann"],
    ]);
  });

  it("follows keys that change, and needs nothing that a restart would lose", async () => {
    await using signing = await start();
    const { url, cookie } = await begin(signing);
    for (let turn = 0; turn < 3; turn += 1) {
      await signing.provider.rotateKeys();
      expect((await signOn(signing)).statusCode).toBe(303);
    }
    const { store } = signing.server;
    await using again = await startTestServer({
      store,
      env: {
        MXRAY_OIDC_ISSUER: signing.provider.issuer,
        MXRAY_OIDC_CLIENT_ID: CLIENT.clientId,
        MXRAY_OIDC_CLIENT_SECRET: CLIENT.clientSecret,
        MXRAY_OIDC_ROLES: "*=viewer",
        MXRAY_PUBLIC_URL: "https://mxray.example.com",
      },
    });
    expect((await callBack(again, await signing.provider.choose(url, "ann"), cookie)).statusCode).toBe(303);
  });

  it.each([
    ["no-nonce", 403, /token cannot be trusted/],
    ["wrong-nonce", 403, /token cannot be trusted/],
    ["wrong-audience", 403, /token cannot be trusted/],
    ["wrong-issuer", 403, /token cannot be trusted/],
    ["expired", 403, /token has expired .* clock/],
    ["alg-none", 403, /token cannot be trusted/],
    ["signed-with-secret", 403, /token cannot be trusted/],
    ["unknown-key", 403, /token cannot be trusted/],
    ["other-subject", 403, /token cannot be trusted/],
    ["access-denied", 403, /did not sign you in: access_denied/],
    ["other-issuer", 503, /its issuer is not MXRAY_OIDC_ISSUER/],
    ["garbage", 503, /does not answer as a sign-on provider should/],
  ] as const)(
    "refuses a provider with the fault %s, in a sentence on the page that offers the other ways",
    async (fault, status, sentence) => {
      await using signing = await start({ onlyInUserInfo: ["groups"] });
      const { provider, server } = signing;
      const { url, cookie } = await begin(signing);
      const location = fault === "access-denied" ? "" : await provider.choose(url, "ann");
      provider.fault = fault satisfies SignOnFault;
      const answer = await callBack(server, location === "" ? await provider.choose(url, "ann") : location, cookie);
      expect(answer.statusCode).toBe(status);
      expect(answer.body).toMatch(sentence);
      expect(answer.body).toContain("mxray link");
      expect(answer.body).toContain('href="/sign-in/oidc"');
      expect(answer.cookies.map(({ name }) => name)).not.toContain("mxray_session");
      expect(await server.store.users.list()).toEqual([]);
      provider.fault = null;
      expect((await signOn(signing)).statusCode).toBe(303);
    },
  );

  it("refuses an answer without its own attempt, one that was used, and a code of somebody else's attempt", async () => {
    await using signing = await start();
    const { provider, server } = signing;
    const mine = await begin(signing);
    const other = await begin(signing);
    const location = await provider.choose(mine.url, "ann");
    for (const cookie of ["", other.cookie, `${mine.cookie.split("=")[0]}=`, `${mine.cookie.split("=")[0]}=a.b`]) {
      expect((await callBack(server, location, cookie)).statusCode, cookie).toBe(403);
    }
    // The code was tried with a wrong verifier, and is used up.
    expect((await callBack(server, location, mine.cookie)).statusCode).toBe(403);
    const own = await provider.choose(other.url, "ann");
    expect((await callBack(server, own, other.cookie)).statusCode).toBe(303);
    expect((await callBack(server, own, other.cookie)).statusCode).toBe(403);
    const third = await begin(signing);
    const code = new URL(await provider.choose(mine.url, "ann")).searchParams.get("code") ?? "";
    const injected = new URL(await provider.choose(third.url, "ann"));
    injected.searchParams.set("code", code);
    expect((await callBack(server, injected.href, third.cookie)).statusCode).toBe(403);
    const elsewhere = new URL(await provider.choose((await begin(signing)).url, "ann"));
    elsewhere.searchParams.set("iss", "https://login.example.org");
    expect((await callBack(server, elsewhere.href, third.cookie)).statusCode).toBe(403);
  });

  it("says on the page that the provider is not reached, and lets the owner and passwords in all the same", async () => {
    await using signing = await start();
    const { server } = signing;
    await signing.provider[Symbol.asyncDispose]();
    const { answer } = await begin(signing);
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toMatch(/127\.0\.0\.1:\d+ does not answer as a sign-on provider should \(ECONNREFUSED\)/);
    const made = await server.app.inject({
      method: "POST",
      url: "/api/v1/users",
      headers: server.headers,
      payload: { name: "bob", role: "viewer" },
    });
    expect(made.statusCode).toBe(201);
    expect((await begin(signing)).answer.body).toContain('name="password"');
    expect((await server.app.inject({ url: "/", headers: HTML })).body).toContain("Sign in with 127.0.0.1:");
  });
});

describe("groups", () => {
  it.each<[string, Partial<SignOnPerson>, string, string | null]>([
    ["the highest of several", { groups: ["noc", "mail-admins"] }, "mail-admins=admin; noc=operator", "admin"],
    ["one text", { groups: "noc" }, "mail-admins=admin; noc=operator", "operator"],
    ["everybody", {}, "mail-admins=admin; *=viewer", "viewer"],
    ["nobody", { groups: ["staff"] }, "mail-admins=admin", null],
    ["none, with words in their place", { groups: { admin: true } }, "mail-admins=admin; admin=admin", null],
    ["another letter case", { groups: ["NOC"] }, "noc=operator", null],
  ])("give %s", async (_what, claims, roles, role) => {
    await using signing = await start({ env: { MXRAY_OIDC_ROLES: roles } });
    signing.provider.people.set("ann", { sub: "1001", preferred_username: "ann", ...claims });
    const answer = await signOn(signing);
    expect(answer.statusCode).toBe(role === null ? 403 : 303);
    if (role === null) expect(answer.body).toContain("None of the groups of &#39;ann&#39; may use mxray");
    else expect((await sessionOf(signing, sessionCookie(answer))).json().role).toBe(role);
  });

  it("are found in the user info, and in a nested claim", async () => {
    await using signing = await start({ env: { MXRAY_OIDC_GROUPS_CLAIM: "realm_access.roles" }, onlyInUserInfo: ["realm_access"] });
    signing.provider.people.set("ann", { sub: "1001", email: "ann@example.com", realm_access: { roles: ["mail-admins"] } });
    const answer = await signOn(signing);
    expect((await sessionOf(signing, sessionCookie(answer))).json()).toMatchObject({ role: "admin", user: { name: "ann@example.com" } });
  });

  it("that changed end the sessions before, and so does the loss of all", async () => {
    await using signing = await start({ env: { MXRAY_OIDC_ROLES: "mail-admins=admin; noc=operator" } });
    const first = sessionCookie(await signOn(signing));
    signing.provider.people.set("ann", { ...ANN, groups: ["mail-admins"] });
    const second = sessionCookie(await signOn(signing));
    expect((await sessionOf(signing, first)).statusCode).toBe(401);
    expect((await sessionOf(signing, second)).json().role).toBe("admin");
    signing.provider.people.set("ann", { ...ANN, groups: [] });
    expect((await signOn(signing)).statusCode).toBe(403);
    expect((await sessionOf(signing, second)).statusCode).toBe(401);
    const { entries } = (
      await signing.server.app.inject({ url: "/api/v1/audit?action=session.refused", headers: signing.server.headers })
    ).json();
    expect(entries).toMatchObject([{ object: { name: "ann" } }]);
  });
});

describe("a user of the provider", () => {
  it("who is disabled here loses the session at once and does not get in again", async () => {
    await using signing = await start();
    const { app, headers, store } = signing.server;
    const cookie = sessionCookie(await signOn(signing));
    const [user] = await store.users.list();
    const patch = (payload: object) => app.inject({ method: "PATCH", url: `/api/v1/users/${user?.id}`, headers, payload });
    expect((await patch({ role: "admin" })).json().error.code).toBe("managed-by-provider");
    expect((await app.inject({ method: "POST", url: `/api/v1/users/${user?.id}/invitation`, headers })).json().error.code).toBe(
      "managed-by-provider",
    );
    expect((await patch({ disabled: true })).statusCode).toBe(200);
    expect((await sessionOf(signing, cookie)).statusCode).toBe(401);
    const again = await signOn(signing);
    expect([again.statusCode, again.body.includes("is disabled here")]).toEqual([403, true]);
  });

  it("is not the user with a password of the same name, nor another person who has the name later", async () => {
    await using signing = await start();
    const { app, headers } = signing.server;
    await app.inject({ method: "POST", url: "/api/v1/users", headers, payload: { name: "Ann", role: "admin" } });
    const answer = await signOn(signing);
    expect([answer.statusCode, answer.body.includes("There is another user with the name")]).toEqual([403, true]);
  });

  it.each(["<script>alert(1)</script>", "Änne Groß", "   ", "x".repeat(500), 7, null])("may be called %s", async (preferred_username) => {
    await using signing = await start();
    signing.provider.people.set("ann", { sub: "1001", preferred_username });
    expect((await signOn(signing)).statusCode).toBe(303);
    const [user] = await signing.server.store.users.list();
    expect(user?.name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/);
  });

  it("whom the provider signs out loses the session at once; nobody else can say so", async () => {
    await using signing = await start();
    const { provider, server } = signing;
    const cookie = sessionCookie(await signOn(signing));
    const post = async (logout_token: string) =>
      (
        await server.app.inject({
          method: "POST",
          url: "/sign-in/oidc/logout",
          headers: { "content-type": "application/x-www-form-urlencoded" },
          payload: new URLSearchParams({ logout_token }).toString(),
        })
      ).statusCode;
    const hourAgo = Math.floor(Date.now() / 1000) - 3600;
    const changes = [{ events: {} }, { nonce: "x" }, { aud: "other" }, { iss: "https://login.example.org" }, { iat: hourAgo }];
    for (const change of changes) expect(await post(await provider.logoutToken(ANN.sub, change)), JSON.stringify(change)).toBe(403);
    const token = await provider.logoutToken(ANN.sub);
    await provider.rotateKeys();
    expect([await post(token), await post("rubbish"), await post("")]).toEqual([403, 403, 403]);
    expect(await post(await provider.logoutToken("somebody-else"))).toBe(200);
    expect((await sessionOf(signing, cookie)).statusCode).toBe(200);
    expect(await post(await provider.logoutToken(ANN.sub))).toBe(200);
    expect((await sessionOf(signing, cookie)).statusCode).toBe(401);
  });
});
