/**
 * An OpenID Connect provider on loopback (OpenID Connect Core 1.0, code flow): real HTTP, signed tokens, published keys that can be
 * changed. It checks what a provider checks: client, redirect address, PKCE (RFC 7636), and that a code is used once. Its page signs in
 * anybody at a click. Faults are data: each makes one thing of a token or of the server wrong.
 */
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";

export type SignOnFault =
  | "no-nonce"
  | "wrong-nonce"
  | "wrong-audience"
  | "wrong-issuer"
  | "expired"
  | "alg-none"
  /** Signed with the client's secret, which the client accepts from nobody. */
  | "signed-with-secret"
  | "unknown-key"
  /** The document of discovery names another issuer. */
  | "other-issuer"
  | "garbage"
  | "silent"
  | "access-denied"
  /** The user info is about somebody else. */
  | "other-subject";

export interface SignOnPerson {
  readonly sub: string;
  readonly [claim: string]: unknown;
}

export interface SignOnProviderOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Claims that the ID token lacks and the user info has. */
  readonly onlyInUserInfo?: readonly string[];
}

interface Grant {
  readonly person: SignOnPerson;
  readonly nonce: string | null;
  readonly challenge: string;
  readonly redirectUri: string;
}

const CODE_S = 60;

export class SignOnProvider implements AsyncDisposable {
  /** Whom its page offers. */
  readonly people = new Map<string, SignOnPerson>();
  fault: SignOnFault | null = null;
  readonly #options: SignOnProviderOptions;
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #grants = new Map<string, Grant>();
  readonly #access = new Map<string, SignOnPerson>();
  #keys!: Awaited<ReturnType<typeof newKeys>>;

  private constructor(options: SignOnProviderOptions) {
    this.#options = options;
  }

  static async start(options: SignOnProviderOptions, port = 0): Promise<SignOnProvider> {
    const provider = new SignOnProvider(options);
    await provider.rotateKeys();
    provider.#server.listen(port, "127.0.0.1");
    await once(provider.#server, "listening");
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on tokens are signed with another key, and the one before is published no more. */
  async rotateKeys(): Promise<void> {
    this.#keys = await newKeys();
  }

  /** As a browser does that is shown the provider's page: gives where it is sent. */
  async choose(authorizeUrl: string, person: string): Promise<string> {
    const url = new URL(authorizeUrl);
    url.searchParams.set("person", person);
    const answer = await fetch(url, { redirect: "manual" });
    const location = answer.headers.get("location");
    if (location === null) throw new Error(`The provider answered ${answer.status}: ${await answer.text()}`);
    return location;
  }

  /** What a provider posts when a user is signed out or disabled there (OpenID Connect Back-Channel Logout 1.0). */
  async logoutToken(sub: string, change: JWTPayload = {}): Promise<string> {
    const events = { "http://schemas.openid.net/event/backchannel-logout": {} };
    return await this.#sign({ iss: this.issuer, aud: this.#options.clientId, jti: newCode(), sub, events, ...change }, "logout+jwt");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.issuer);
    if (this.fault === "silent") return;
    if (this.fault === "garbage") return void response.end("<p>Down for maintenance");
    switch (`${request.method} ${url.pathname}`) {
      case "GET /.well-known/openid-configuration":
        return sendJson(response, this.#metadata());
      case "GET /keys":
        return sendJson(response, { keys: [this.#keys.published] });
      case "GET /authorize":
        return this.#authorize(url.searchParams, response);
      case "POST /token":
        return await this.#token(request.headers.authorization ?? "", new URLSearchParams(await text(request)), response);
      case "GET /userinfo":
        return this.#userInfo(request.headers.authorization ?? "", response);
      default:
        return void response.writeHead(404).end();
    }
  }

  #metadata(): object {
    const { issuer } = this;
    return {
      issuer: this.fault === "other-issuer" ? "http://127.0.0.1:1" : issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["ES256", "none", "HS256"],
      code_challenge_methods_supported: ["S256"],
      authorization_response_iss_parameter_supported: true,
    };
  }

  #authorize(query: URLSearchParams, response: ServerResponse): void {
    const asked = (name: string) => query.get(name) ?? "";
    const redirectUri = asked("redirect_uri");
    const wanted = asked("client_id") === this.#options.clientId && asked("response_type") === "code" && URL.canParse(redirectUri);
    if (!wanted || asked("code_challenge_method") !== "S256") return void response.writeHead(400).end("invalid_request");
    const back = new URL(redirectUri);
    const person = this.people.get(asked("person"));
    if (person === undefined) return void this.#page(query, response);
    if (this.fault === "access-denied") back.searchParams.set("error", "access_denied");
    else {
      const code = newCode();
      this.#grants.set(code, { person, nonce: query.get("nonce"), challenge: asked("code_challenge"), redirectUri });
      back.searchParams.set("code", code);
    }
    if (query.has("state")) back.searchParams.set("state", asked("state"));
    back.searchParams.set("iss", this.issuer);
    response.writeHead(302, { location: back.href }).end();
  }

  #page(query: URLSearchParams, response: ServerResponse): void {
    const links = [...this.people.keys()].map((name) => {
      const href = `/authorize?${new URLSearchParams([...query, ["person", name]])}`;
      return `<p><a href="${href.replaceAll("&", "&amp;")}">Sign in as ${name}</a>`;
    });
    response.writeHead(200, { "content-type": "text/html" }).end(`<!doctype html><title>Provider</title>${links.join("")}`);
  }

  async #token(authorization: string, body: URLSearchParams, response: ServerResponse): Promise<void> {
    const { clientId, clientSecret, onlyInUserInfo = [] } = this.#options;
    const credentials = Buffer.from(authorization.replace(/^Basic /, ""), "base64")
      .toString()
      .split(":")
      .map(formDecoded);
    if (credentials.join(":") !== `${clientId}:${clientSecret}`) return sendError(response, 401, "invalid_client");
    const code = body.get("code") ?? "";
    const grant = this.#grants.get(code);
    this.#grants.delete(code);
    const proof = createHash("sha256")
      .update(body.get("code_verifier") ?? "")
      .digest("base64url");
    if (grant === undefined || grant.challenge !== proof || grant.redirectUri !== body.get("redirect_uri"))
      return sendError(response, 400, "invalid_grant");
    const { person, nonce } = grant;
    const shown = Object.fromEntries(Object.entries(person).filter(([claim]) => !onlyInUserInfo.includes(claim)));
    const claims = { iss: this.issuer, aud: clientId, ...(nonce === null ? {} : { nonce }), ...shown };
    const access = newCode();
    this.#access.set(access, person);
    sendJson(response, { access_token: access, token_type: "Bearer", expires_in: CODE_S, id_token: await this.#idToken(claims) });
  }

  #userInfo(authorization: string, response: ServerResponse): void {
    const person = this.#access.get(authorization.replace(/^Bearer /, ""));
    if (person === undefined) return void sendError(response, 401, "invalid_token");
    sendJson(response, this.fault === "other-subject" ? { ...person, sub: "somebody else" } : person);
  }

  async #idToken({ nonce, ...claims }: JWTPayload): Promise<string> {
    const hourAgo = Math.floor(Date.now() / 1000) - 3600;
    switch (this.fault) {
      case "no-nonce":
        return await this.#sign(claims);
      case "wrong-nonce":
        return await this.#sign({ ...claims, nonce: "another" });
      case "wrong-audience":
        return await this.#sign({ ...claims, nonce, aud: "another-client" });
      case "wrong-issuer":
        return await this.#sign({ ...claims, nonce, iss: "https://login.example.org" });
      case "expired":
        return await this.#sign({ ...claims, nonce, iat: hourAgo - 60, exp: hourAgo });
      case "alg-none":
        return new UnsecuredJWT({ ...claims, nonce }).setIssuedAt().setExpirationTime(`${CODE_S} s`).encode();
      case "signed-with-secret":
        return await new SignJWT({ ...claims, nonce })
          .setProtectedHeader({ alg: "HS256" })
          .setIssuedAt()
          .setExpirationTime(`${CODE_S} s`)
          .sign(Buffer.from(this.#options.clientSecret.padEnd(32)));
      case "unknown-key": {
        const published = this.#keys;
        this.#keys = await newKeys();
        const token = await this.#sign({ ...claims, nonce });
        this.#keys = published;
        return token;
      }
      default:
        return await this.#sign({ ...claims, nonce });
    }
  }

  async #sign(claims: JWTPayload, typ = "JWT"): Promise<string> {
    const jwt = new SignJWT(claims).setProtectedHeader({ alg: "ES256", kid: this.#keys.published.kid, typ });
    if (claims.iat === undefined) jwt.setIssuedAt();
    if (claims.exp === undefined) jwt.setExpirationTime(`${CODE_S} s`);
    return await jwt.sign(this.#keys.privateKey);
  }
}

async function newKeys() {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const kid = newCode();
  return { privateKey, published: { ...(await exportJWK(publicKey)), kid, use: "sig", alg: "ES256" } };
}

/** RFC 6749, section 2.3.1: credentials are form-encoded before they are put into the header. */
function formDecoded(part: string): string {
  return decodeURIComponent(part.replaceAll("+", " "));
}

function newCode(): string {
  return randomBytes(16).toString("base64url");
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function sendError(response: ServerResponse, status: number, error: string): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error }));
}
