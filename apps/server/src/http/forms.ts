/** Forms of a browser. Only a plugin that asks for it reads them: any page of the web can post one. */
import type { App } from "./app-type.ts";

export function parseForms(app: App): void {
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, async (_request: unknown, body: string | Buffer) =>
    Object.fromEntries(new URLSearchParams(body.toString())),
  );
}
