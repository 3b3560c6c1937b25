/**
 * Answers for the server while its store is being upgraded, so that a supervisor sees a live process and a reader sees why to wait.
 * It listens from the first step of an upgrade until the server itself does.
 */
import type { UpgradeStep } from "@mxray/store";
import Fastify, { type FastifyInstance } from "fastify";
import { sentencePage } from "./plain-page.ts";

const RETRY_AFTER_SECONDS = 5;

export class UpgradeListener {
  readonly #address: { readonly host: string; readonly port: number };
  #app: FastifyInstance | null = null;
  #sentence = "";

  constructor(address: { readonly host: string; readonly port: number }) {
    this.#address = address;
  }

  /** @throws what listening throws */
  async show({ step, steps, name }: UpgradeStep): Promise<void> {
    this.#sentence = `The store is being upgraded: step ${step} of ${steps} (${name}).`;
    if (this.#app !== null) return;
    const app = Fastify({ forceCloseConnections: true });
    this.#app = app;
    app.get("/healthz", async () => ({ status: "ok" }));
    app.setNotFoundHandler((request, reply) => {
      reply.code(503).header("retry-after", RETRY_AFTER_SECONDS).header("cache-control", "no-store");
      if (request.url.startsWith("/api/") || request.url.startsWith("/readyz")) {
        return reply.send({ error: { code: "migrating", message: this.#sentence } });
      }
      return reply
        .type("text/html; charset=utf-8")
        .send(sentencePage("Upgrade in progress", `${this.#sentence} Reload this page in a moment.`));
    });
    await app.listen(this.#address);
  }

  async close(): Promise<void> {
    await this.#app?.close();
    this.#app = null;
  }
}
