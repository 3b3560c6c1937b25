/** The Fastify instance that routes and plugins are given. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";

export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, TypeBoxTypeProvider>;

declare module "fastify" {
  interface FastifyInstance {
    /** Aborted when the server begins to close: what streams must end. */
    closing: AbortSignal;
    /** Where links lead: as configured, else this listener. */
    publicUrl(): string;
  }
}
