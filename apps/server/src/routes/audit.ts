/** The audit: who did what to what, when and from where. */
import { AuditList, AuditQuery, ErrorBody } from "@mxray/contracts/schemas";
import type { Store } from "@mxray/store";
import type { App } from "../http/app-type.ts";

export async function auditRoutes(app: App, { store }: { store: Store }): Promise<void> {
  app.get(
    "/api/v1/audit",
    {
      config: { access: "admin" },
      schema: {
        tags: ["audit"],
        summary: "List what users and tokens did, the newest first",
        querystring: AuditQuery,
        response: { 200: AuditList, "4xx": ErrorBody },
      },
    },
    async ({ query: { limit, ...narrowed } }) => {
      const entries = await store.audit.list({ limit: limit + 1, ...narrowed });
      const page = entries.slice(0, limit);
      return { entries: page, next: entries.length > limit ? (page.at(-1)?.id ?? null) : null };
    },
  );
}
