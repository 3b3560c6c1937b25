/**
 * The OpenID Connect provider that users sign in with, from `MXRAY_OIDC_…` (docs/access.md). Nothing is set by default: then there is
 * no single sign-on. The secret may be in a file, so that it need not be in the environment.
 */
import { readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { USER_ROLES, type UserRole } from "@mxray/contracts";
import { ConfigError } from "./config-error.ts";
import { isLoopbackUrl } from "./public-url.ts";
import { readAll } from "./read-all.ts";
import { wrong } from "./text-values.ts";

export interface SignOnConfig {
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Asked for, separated by blanks. */
  readonly scope: string;
  /** Claim of the ID token, or of the user info, that lists the groups of a user. */
  readonly groupsClaim: string;
  /** Role of each group; `*` stands for everybody whom the provider signs in. */
  readonly roles: ReadonlyMap<string, UserRole>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const REQUIRED = ["MXRAY_OIDC_ISSUER", "MXRAY_OIDC_CLIENT_ID", "MXRAY_OIDC_CLIENT_SECRET", "MXRAY_OIDC_ROLES"] as const;
const OPTIONAL = ["MXRAY_OIDC_SCOPE", "MXRAY_OIDC_GROUPS_CLAIM"] as const;
const SCOPE = "openid profile email";
const GROUPS_CLAIM = "groups";

/** @returns null where no variable of it is set. @throws ConfigError with one line for each variable that is missing or wrong */
export function signOnOf(env: Environment): SignOnConfig | null {
  if (![...REQUIRED, ...OPTIONAL].some((variable) => env[variable])) return null;
  const required = <T>(variable: (typeof REQUIRED)[number], read: (text: string) => T) => {
    const text = env[variable];
    if (!text) throw new ConfigError("usage", `${variable} is missing: single sign-on needs ${listed(REQUIRED)}.`);
    return read(text);
  };
  return readAll({
    issuer: () => required("MXRAY_OIDC_ISSUER", issuerOf),
    clientId: () => required("MXRAY_OIDC_CLIENT_ID", (text) => text),
    clientSecret: () => required("MXRAY_OIDC_CLIENT_SECRET", secretOf),
    scope: () => scopeOf(env.MXRAY_OIDC_SCOPE || SCOPE),
    groupsClaim: () => env.MXRAY_OIDC_GROUPS_CLAIM || GROUPS_CLAIM,
    roles: () => required("MXRAY_OIDC_ROLES", rolesOf),
  });
}

/** What is sent to it signs people in: it must not be readable on the way. */
function issuerOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const safe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopbackUrl(text));
  if (url === null || !safe || url.search !== "" || url.hash !== "" || url.username !== "")
    throw wrong("MXRAY_OIDC_ISSUER", text, "the issuer's https:// address (http:// on this machine only), without '?' and '#'");
  return url;
}

/** The secret is in no message. */
function secretOf(text: string): string {
  if (!text.startsWith("file:")) return text;
  const path = text.slice("file:".length);
  if (!isAbsolute(path)) throw wrong("MXRAY_OIDC_CLIENT_SECRET", text, "the secret, or 'file:' and the absolute path of a file with it");
  let secret: string;
  try {
    secret = readFileSync(path, "utf8").trim();
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    throw wrong("MXRAY_OIDC_CLIENT_SECRET", text, `a file that this user can read (${code})`);
  }
  if (secret === "") throw wrong("MXRAY_OIDC_CLIENT_SECRET", text, "a file that is not empty");
  return secret;
}

function scopeOf(text: string): string {
  if (!/^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(text) || !text.split(" ").includes("openid"))
    throw wrong("MXRAY_OIDC_SCOPE", text, "scopes separated by blanks, 'openid' among them");
  return text;
}

/** Names of groups may hold blanks, commas and '='. */
function rolesOf(text: string): ReadonlyMap<string, UserRole> {
  const roles = new Map<string, UserRole>();
  for (const part of text.split(";").map((part) => part.trim())) {
    if (part === "") continue;
    const [, group = "", word] = /^(.+)=\s*(\S+)$/.exec(part) ?? [];
    const role = USER_ROLES.find((role) => role === word);
    if (role === undefined || group.trim() === "")
      throw wrong(
        "MXRAY_OIDC_ROLES",
        part,
        `GROUP=ROLE pairs separated by ';', where ROLE is ${listed(USER_ROLES, "or")} and GROUP may be '*'`,
      );
    roles.set(group.trim(), role);
  }
  if (roles.size === 0) throw wrong("MXRAY_OIDC_ROLES", text, "at least one GROUP=ROLE pair");
  return roles;
}

function listed(words: readonly string[], joint = "and"): string {
  return `${words.slice(0, -1).join(", ")} ${joint} ${words.at(-1)}`;
}
