/** A clock that jumps: what has expired by it stays out, nothing fails, and what does not depend on it goes on. */
import { SignOnProvider } from "@mxray/lab";
import { afterEach, describe, expect, it, vi } from "vitest";
import { signInAs, tokenFor } from "./people.ts";
import { SIGN_ON, startTestServer } from "./test-server.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const REAL = Date.now();
const jumpTo = (ms: number) => vi.useFakeTimers({ toFake: ["Date"], now: REAL + ms });

afterEach(() => vi.useRealTimers());

describe("when the clock jumps", () => {
  it("sessions and tokens expire by it, come back with it, and the use of a token is noted on", async () => {
    await using server = await startTestServer();
    const { app, store } = server;
    const viewer = await signInAs(server, "viewer");
    const token = await tokenFor(server, ["read"], new Date(REAL + 2 * DAY).toISOString());
    const statuses = async () => {
      const asked = [viewer.headers, token.headers].map((headers) => app.inject({ url: "/api/v1/probes", headers }));
      return (await Promise.all(asked)).map(({ statusCode }) => statusCode);
    };
    const usedAt = async () => Date.parse((await store.tokens.list())[0]?.lastUsedAt ?? "") - REAL;
    expect(await statuses()).toEqual([200, 200]);
    jumpTo(DAY);
    expect(await statuses()).toEqual([401, 200]);
    expect(await usedAt()).toBe(DAY);
    jumpTo(3 * DAY);
    expect(await statuses()).toEqual([401, 401]);
    jumpTo(-400 * DAY);
    expect(await statuses()).toEqual([200, 200]);
    expect(await usedAt()).toBe(-400 * DAY);
  });

  it.each([2 * HOUR, -400 * DAY])("by %i ms between the begin and the end of a sign-on, that goes on", async (ms) => {
    const client = { clientId: SIGN_ON.MXRAY_OIDC_CLIENT_ID, clientSecret: SIGN_ON.MXRAY_OIDC_CLIENT_SECRET };
    await using provider = await SignOnProvider.start(client);
    provider.people.set("ann", { sub: "1", preferred_username: "ann" });
    await using server = await startTestServer({ env: { ...SIGN_ON, MXRAY_OIDC_ISSUER: provider.issuer } });
    const begun = await server.app.inject({ url: "/sign-in/oidc" });
    const [cookie] = begun.cookies;
    jumpTo(ms);
    const { pathname, search } = new URL(await provider.choose(String(begun.headers.location), "ann"));
    const ended = await server.app.inject({ url: `${pathname}${search}`, headers: { cookie: `${cookie?.name}=${cookie?.value}` } });
    expect(ended.statusCode).toBe(303);
    const session = ended.cookies.find(({ name }) => name === "mxray_session");
    const headers = { cookie: `mxray_session=${session?.value}` };
    expect((await server.app.inject({ url: "/api/v1/session", headers })).statusCode).toBe(200);
  });
});
