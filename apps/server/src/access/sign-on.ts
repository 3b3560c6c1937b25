/**
 * Single sign-on with an OpenID Connect provider (Core 1.0, code flow): PKCE (RFC 7636), state and nonce, and signatures checked by the
 * provider's published keys. Nothing is cached: discovery and keys are fetched for each sign-on, so new keys and a provider that is back
 * need no restart. What the provider's trouble was goes to the caller as a Refusal with one sentence; a token proves who signs in only
 * if every check passes.
 */
import { printable, type UserRole } from "@mxray/contracts";
import type { ProvidedIdentity } from "@mxray/store";
import { createLocalJWKSet, jwtVerify } from "jose";
import * as client from "openid-client";
import type { SignOnConfig } from "../config/sign-on.ts";
import { Refusal } from "../refusal.ts";

/** What a browser keeps while its user is at the provider. */
export interface SignOnAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Seconds for each answer of the provider. */
const ANSWER_S = 10;
const LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";
/** Seconds by which a clock may differ from the provider's, and for which a word of the provider holds. */
const CLOCK_S = 60;
const OTHER_ISSUER = "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED";
const NO_ANSWER: ReadonlySet<string> = new Set(
  ["TIMEOUT", "RESPONSE_IS_NOT_CONFORM", "RESPONSE_IS_NOT_JSON", "PARSE_ERROR"].map((code) => `OAUTH_${code}`),
);
const LOGOUT_LIFE_S = 300;

/** Where the user is sent. @throws Refusal `sign-on-unreachable` */
export async function beginSignOn(
  config: SignOnConfig,
  redirectUri: string,
): Promise<{ readonly url: string; readonly attempt: SignOnAttempt }> {
  const attempt = { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier() };
  const provider = await discover(config);
  const url = client.buildAuthorizationUrl(provider, {
    redirect_uri: redirectUri,
    scope: config.scope,
    state: attempt.state,
    nonce: attempt.nonce,
    code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
    code_challenge_method: "S256",
  });
  return { url: url.href, attempt };
}

/** @param answer the redirect address with what the provider added. @throws Refusal `sign-on-unreachable`, `sign-on-refused` */
export async function finishSignOn(config: SignOnConfig, answer: URL, attempt: SignOnAttempt): Promise<ProvidedIdentity> {
  const provider = await discover(config);
  try {
    const tokens = await client.authorizationCodeGrant(provider, answer, {
      expectedState: attempt.state,
      expectedNonce: attempt.nonce,
      pkceCodeVerifier: attempt.verifier,
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new Error("The provider sent no ID token.");
    const hasGroups = claimOf(claims, config.groupsClaim) !== undefined;
    const more =
      hasGroups || provider.serverMetadata().userinfo_endpoint === undefined
        ? {}
        : await client.fetchUserInfo(provider, tokens.access_token, claims.sub);
    const all = { ...more, ...claims };
    return { issuer: claims.iss, subject: claims.sub, name: nameOf(all), role: roleOf(config, all) };
  } catch (error) {
    throw failure(config, error);
  }
}

/**
 * Whom the provider signed out, by the token that it posted (OpenID Connect Back-Channel Logout 1.0).
 *
 * @throws Refusal `sign-on-unreachable`, `sign-on-refused`
 */
export async function signedOff(config: SignOnConfig, token: string): Promise<Pick<ProvidedIdentity, "issuer" | "subject">> {
  const { jwks_uri: keysUri, issuer } = (await discover(config)).serverMetadata();
  try {
    const answer = await fetch(keysUri ?? "", { signal: AbortSignal.timeout(ANSWER_S * 1000), redirect: "error" });
    const keys = createLocalJWKSet((await answer.json()) as Parameters<typeof createLocalJWKSet>[0]);
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience: config.clientId,
      clockTolerance: CLOCK_S,
      maxTokenAge: LOGOUT_LIFE_S,
      requiredClaims: ["jti", "sub", "events"],
    });
    const { sub: subject = "", events, nonce } = payload;
    // With a nonce it is an ID token, which says the opposite.
    if (nonce !== undefined || typeof events !== "object" || events === null || !(LOGOUT_EVENT in events))
      throw refused(config, "this token ends no session");
    return { issuer, subject };
  } catch (error) {
    throw failure(config, error);
  }
}

/** How the provider is shown. */
export function signOnName({ issuer }: SignOnConfig): string {
  return issuer.host;
}

async function discover(config: SignOnConfig): Promise<client.Configuration> {
  const { issuer, clientId, clientSecret } = config;
  // Core 1.0, section 9: the default is basic.
  const authentication: client.ClientAuth = (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    const method = methods.includes("client_secret_basic") ? client.ClientSecretBasic : client.ClientSecretPost;
    method(clientSecret)(server, ...rest);
  };
  // The configuration lets plain http pass on loopback only.
  const execute = [client.enableNonRepudiationChecks, ...(issuer.protocol === "http:" ? [client.allowInsecureRequests] : [])];
  const metadata = { client_secret: clientSecret, [client.clockTolerance]: CLOCK_S };
  try {
    return await client.discovery(issuer, clientId, metadata, authentication, { execute, timeout: ANSWER_S });
  } catch (error) {
    throw unreachable(config, error);
  }
}

function failure(config: SignOnConfig, error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (isUnreachable(error)) return unreachable(config, error);
  if (error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError)
    return refused(config, printable(error.error, 60), error);
  if (codeOf(error) === "OAUTH_JWT_TIMESTAMP_CHECK_FAILED" || codeOf(error) === "ERR_JWT_EXPIRED")
    return refused(config, "its token has expired or is not valid yet; the clock of this server or of the provider is wrong", error);
  return refused(config, "its token cannot be trusted; the server's log has the details", error);
}

/** A connection that failed is a TypeError with a cause (Fetch). */
function isUnreachable(error: unknown): boolean {
  const { name, cause } = error as Error;
  return (error instanceof TypeError && cause !== undefined) || name === "TimeoutError" || NO_ANSWER.has(codeOf(error) ?? "");
}

function unreachable(config: SignOnConfig, cause: unknown): Refusal {
  const why = unreachableWhy(codeOf((cause as Error).cause) ?? codeOf(cause));
  const reason = why === null ? "" : ` (${why})`;
  return new Refusal(
    "sign-on-unreachable",
    `${signOnName(config)} does not answer as a sign-on provider should${reason}. Try again, or sign in with a password or a one-time link.`,
    undefined,
    cause,
  );
}

/** The system's own codes are known to admins; the library's are for the log. */
function unreachableWhy(code: string | undefined): string | null {
  if (code === "OAUTH_TIMEOUT") return `no answer within ${ANSWER_S} s`;
  if (code === OTHER_ISSUER) return "its issuer is not MXRAY_OIDC_ISSUER";
  return code === undefined || code.startsWith("OAUTH_") ? null : code;
}

function refused(config: SignOnConfig, why: string, cause?: unknown): Refusal {
  return new Refusal("sign-on-refused", `${signOnName(config)} did not sign you in: ${why}.`, undefined, cause);
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

/** Null where no group of the user has a role. */
function roleOf({ groupsClaim, roles }: SignOnConfig, claims: object): UserRole | null {
  const found = claimOf(claims, groupsClaim);
  const groups = new Set(["*", ...(Array.isArray(found) ? found : [found])]);
  const given = [...roles].filter(([group]) => groups.has(group)).map(([, role]) => role);
  return (["admin", "operator", "viewer"] as const).find((role) => given.includes(role)) ?? null;
}

/** By its name, or, as some providers nest it, by a path such as `realm_access.roles`. */
function claimOf(claims: object, name: string): unknown {
  const own = (within: unknown, key: string): unknown =>
    typeof within === "object" && within !== null && Object.hasOwn(within, key) ? (within as Record<string, unknown>)[key] : undefined;
  return own(claims, name) ?? name.split(".").reduce<unknown>(own, claims);
}

/** As users here are named; the provider's own names may have any characters. */
function nameOf(claims: { readonly sub: string; readonly preferred_username?: unknown; readonly email?: unknown }): string {
  for (const name of [claims.preferred_username, claims.email, claims.sub]) {
    const plain = typeof name === "string" ? name.replaceAll(/[^A-Za-z0-9._@+-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "") : "";
    if (plain !== "") return plain.slice(0, 64);
  }
  return "user";
}
