import { describe, expect, it } from "vitest";
import { startTestServer } from "./test-server.ts";

interface ApiDocs {
  readonly tags: { readonly name: string; readonly description: string }[];
  readonly paths: Record<string, Record<string, { readonly tags?: string[]; readonly summary?: string }>>;
}

describe("the API's documentation", () => {
  it("describes every tag that a route has, each once, and no other; each route has a tag and a summary", async () => {
    await using server = await startTestServer();
    const docs = (await server.app.inject({ url: "/api/docs/json", headers: server.headers })).json<ApiDocs>();
    const routes = Object.entries(docs.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, route]) => ({ name: `${method} ${path}`, ...route })),
    );
    expect(routes.length).toBeGreaterThan(40);
    expect(routes.filter(({ tags, summary }) => tags?.length !== 1 || (summary ?? "") === "").map(({ name }) => name)).toEqual([]);
    const used = new Set(routes.flatMap(({ tags = [] }) => tags));
    expect(docs.tags.map(({ name }) => name).toSorted()).toEqual([...used].toSorted());
    for (const { name, description } of docs.tags) expect(description, name).toMatch(/^[A-Z].{8,}/);
  });
});
