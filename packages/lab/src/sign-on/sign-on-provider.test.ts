import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { SignOnProvider } from "./sign-on-provider.ts";

const CLIENT = { clientId: "client", clientSecret: "a:b c%" };
const BACK = "https://client.example.com/back";

describe("the sign-on provider", () => {
  it("gives a token for a code once, to its client, with the verifier of the challenge", async () => {
    await using provider = await SignOnProvider.start(CLIENT);
    provider.people.set("ann", { sub: "1", groups: ["noc"] });
    const code = async () => {
      const query = {
        client_id: "client",
        response_type: "code",
        redirect_uri: BACK,
        state: "s",
        nonce: "n",
        code_challenge_method: "S256",
      };
      // SHA-256 of "verifier".
      const challenge = { code_challenge: "iMnq5o6zALKXGivsnlom_0F5_WYda32GHkxlV7mq7hQ" };
      const location = await provider.choose(`${provider.issuer}/authorize?${new URLSearchParams({ ...query, ...challenge })}`, "ann");
      expect(new URL(location).searchParams.get("state")).toBe("s");
      return new URL(location).searchParams.get("code") ?? "";
    };
    const ask = (form: Record<string, string>, credentials = "client:a%3Ab+c%25") =>
      fetch(`${provider.issuer}/token`, {
        method: "POST",
        headers: { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` },
        body: new URLSearchParams({ redirect_uri: BACK, code_verifier: "verifier", ...form }),
      });
    expect((await ask({ code: await code() }, "client:other")).status).toBe(401);
    expect((await ask({ code: await code(), code_verifier: "another" })).status).toBe(400);
    expect((await ask({ code: await code(), redirect_uri: `${BACK}2` })).status).toBe(400);
    const good = await code();
    const { id_token: token } = (await (await ask({ code: good })).json()) as { id_token: string };
    expect((await ask({ code: good })).status).toBe(400);
    const keys = async () => createLocalJWKSet((await (await fetch(`${provider.issuer}/keys`)).json()) as JSONWebKeySet);
    const { payload } = await jwtVerify(token, await keys(), { issuer: provider.issuer, audience: "client" });
    expect(payload).toMatchObject({ sub: "1", nonce: "n", groups: ["noc"] });
    await provider.rotateKeys();
    await expect(jwtVerify(token, await keys())).rejects.toThrow();
  });
});
