/** Anybody may call them, and no others; those of single sign-on are there where it is configured. */
export const PUBLIC_ROUTES: readonly string[] = [
  "GET /d/:token",
  "GET /d/:token.html",
  "GET /d/:token/card.png",
  "GET /d/:token.json",
  "GET /d/:token.md",
  "GET /healthz",
  "GET /readyz",
  "GET /s/:token",
  "GET /s/:token.html",
  "GET /s/:token.md",
  "GET /s/:token.json",
  "GET /robots.txt",
  "GET /sign-in",
  "GET /sign-in/oidc",
  "GET /sign-in/oidc/callback",
  "GET /wall/:token",
  "POST /agent/v1/enrol",
  "POST /sign-in",
  "POST /sign-in/oidc/logout",
];

/** Method and path of every route but wildcards, from Fastify's drawing of its tree. */
export function routesOf(drawing: string): [method: string, path: string][] {
  const above: string[] = [];
  return drawing.split("\n").flatMap((line) => {
    const [, branches = "", part = "", methods = ""] = /^([│├└─ ]*)(\S+)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? [];
    const depth = branches.length / 4 - 1;
    above.length = Math.max(0, depth);
    above[depth] = part;
    const path = above.join("");
    const used = methods.split(", ").filter((method) => method !== "" && method !== "HEAD");
    return path.includes("*") ? [] : used.map((method): [string, string] => [method, path]);
  });
}
