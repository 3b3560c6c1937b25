/** OpenAPI from the routes' schemas, and a page to read it, at /api/docs. */
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";

/** The product's sign. */
const SIGN = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5cad"/><path d="M6 16h6l3-7 4 14 3-7h4" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

/** Above the documentation: the way back to the dashboard. */
const BAR = `
const bar = document.createElement("header");
const back = Object.assign(document.createElement("a"), { href: "/", textContent: "\u2190 mxray dashboard" });
bar.append(back);
document.body.prepend(bar);
`;

/** The colours and fonts of the dashboard (apps/web/src/page.css). */
const LOOK = `
body { background: #f3f5f8; }
header { background: #fff; border-bottom: 1px solid #d9e0e7; font: 600 15px system-ui, sans-serif; padding: 14px max(1.5rem, calc(50vw - 42rem)); }
header a { color: #0b5cad; text-decoration: none; }
header a:hover { text-decoration: underline; }
.swagger-ui .wrapper { max-width: 84rem; }
.swagger-ui, .swagger-ui .info .title, .swagger-ui .opblock-tag { color: #14202b; font-family: system-ui, sans-serif; }
.swagger-ui .opblock-tag { border-color: #d9e0e7; font-size: 18px; }
.swagger-ui .info { margin: 24px 0; }
.swagger-ui .scheme-container { background: none; box-shadow: none; padding: 0; }
`;

export async function registerApiDocs(app: FastifyInstance, { https, version }: { https: boolean; version: string }): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "mxray",
        version,
        description: "Finds out why mail to or from a host hangs or is lost. Errors are `{ error: { code, message, details } }`.",
      },
      tags: [
        { name: "probes", description: "Probes of mail hosts and their reports" },
        { name: "vantages", description: "Places that probes run from" },
        { name: "findings", description: "Findings over time: evidence, remedies and what happened to each" },
        { name: "peers", description: "Mail hosts, each with its probes, findings and mail" },
        { name: "watches", description: "Targets that are probed at regular intervals" },
        { name: "alerts", description: "Channels that alerts are sent to, and what was sent" },
        { name: "logs", description: "Followed mail logs, uploaded ones, and single lines" },
        { name: "playbook", description: "Every remedy, with example values" },
        { name: "host", description: "Health of the machine that mxray runs on" },
        { name: "stress", description: "Load tests of mail hosts that the targets file lists" },
        { name: "search", description: "Search of peers, probes, findings and remedies" },
        { name: "events", description: "Live events" },
        { name: "metrics", description: "Metrics for Prometheus" },
        { name: "links", description: "Links that open one diagnosis or the wall screen without an account" },
        { name: "wall", description: "The wall screen" },
        { name: "settings", description: "Settings that can be changed while the server runs, and facts about the server" },
        { name: "users", description: "Users and their roles" },
        { name: "tokens", description: "API tokens of programs" },
        { name: "agents", description: "Copies of mxray on other machines that report to this server" },
        { name: "audit", description: "Who did what to what, when and from where" },
        { name: "session", description: "The signed-in session" },
      ],
    },
  });
  await app.register(async (pages) => {
    pages.decorate("pluginAccess", "viewer");
    await pages.register(swaggerUi, {
      routePrefix: "/api/docs",
      theme: {
        title: "API · mxray",
        css: [{ filename: "mxray.css", content: LOOK }],
        js: [{ filename: "mxray.js", content: BAR }],
        favicon: [{ filename: "mxray.svg", rel: "icon", type: "image/svg+xml", sizes: "any", content: SIGN }],
      },
      uiConfig: { layout: "BaseLayout", docExpansion: "none", tagsSorter: "alpha" },
      staticCSP: true,
      transformStaticCSP: (policy) => {
        // The page puts styles into its elements. It shows nothing but our own documentation.
        const styled = policy.replace(/style-src [^;]*/, "style-src 'self' 'unsafe-inline'");
        // Plain http must work where no https was asked for.
        return https ? styled : styled.replace(/;?\s*upgrade-insecure-requests/, "");
      },
    });
  });
}
