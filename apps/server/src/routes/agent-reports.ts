/** What agents call, and nobody else: they enrol, ask how far each of their logs was stored, bring batches, and report. */
import type { Transform } from "node:stream";
import { createGunzip } from "node:zlib";
import {
  AgentBatch,
  AgentEnrolment,
  AgentHello,
  AgentMachine,
  AgentReport,
  AgentSecret,
  AgentWelcome,
  AgentWorkRequest,
  ErrorBody,
} from "@mxray/contracts/schemas";
import type { StoredAgent } from "@mxray/store";
import type { FastifyRequest, preParsingAsyncHookHandler } from "fastify";
import Type from "typebox";
import { checkVersion, VERSION_HEADER } from "../access/agent-access.ts";
import type { Agents } from "../agents/agents.ts";
import { cleaned } from "../agents/cleaned.ts";
import type { App } from "../http/app-type.ts";
import { Refusal } from "../refusal.ts";
import { ProbeNotice } from "../vantages/remote-wire.ts";

/** Of a batch, unpacked: some ten times what a follower hands over. */
const MOST_BATCH_BYTES = 16 * 1024 * 1024;

const hide = true;

const Work = Type.Object({ calls: Type.Array(Type.Unknown()), upTo: Type.Integer() });
const Notices = Type.Object({ notices: Type.Array(ProbeNotice, { maxItems: 5000 }) }, { additionalProperties: false });

export async function agentReportRoutes(app: App, { agents, version }: { agents: Agents; version: string }): Promise<void> {
  app.addHook("preValidation", async (request) => {
    request.body = cleaned(request.body);
  });

  app.post(
    "/agent/v1/enrol",
    {
      config: { access: "public", pace: 20 },
      schema: { hide, body: AgentEnrolment, response: { 201: AgentSecret, "4xx": ErrorBody } },
    },
    async (request, reply) => {
      checkVersion(request, version);
      const act = { at: new Date().toISOString(), address: request.ip };
      return reply.code(201).send(await agents.enrol(request.body.token, act));
    },
  );

  app.post(
    "/agent/v1/hello",
    { config: { access: "agent", act: null }, schema: { hide, body: AgentHello, response: { 200: AgentWelcome, "4xx": ErrorBody } } },
    async (request) => ({ logs: await agents.welcome(agentOf(request), request.body, versionOf(request)) }),
  );

  app.post(
    "/agent/v1/logs/:id/batches",
    {
      config: { access: "agent", act: null, pace: false },
      bodyLimit: MOST_BATCH_BYTES,
      preParsing: unpacked,
      schema: {
        hide,
        params: Type.Object({ id: Type.Integer() }),
        body: AgentBatch,
        response: { 204: Type.Null(), "4xx": ErrorBody, "5xx": ErrorBody },
      },
    },
    async (request, reply) => {
      if (!(await agents.commit(agentOf(request), request.params.id, request.body))) {
        throw new Refusal("not-followed", "Another reader follows this log, or it was removed from the list.");
      }
      return reply.code(204).send(null);
    },
  );

  app.post(
    "/agent/v1/work",
    {
      config: { access: "agent", act: null, pace: false },
      schema: { hide, body: AgentWorkRequest, response: { 200: Work, "4xx": ErrorBody } },
    },
    async (request) => {
      const hungUp = new AbortController();
      request.raw.socket.once("close", () => hungUp.abort());
      return await agents.work(agentOf(request), request.body, versionOf(request), AbortSignal.any([hungUp.signal, app.closing]));
    },
  );

  app.post(
    "/agent/v1/notices",
    {
      config: { access: "agent", act: null, pace: false },
      bodyLimit: MOST_BATCH_BYTES,
      preParsing: unpacked,
      schema: { hide, body: Notices, response: { 204: Type.Null(), "4xx": ErrorBody } },
    },
    async (request, reply) => {
      agents.notices(agentOf(request), request.body.notices);
      return reply.code(204).send(null);
    },
  );

  app.post(
    "/agent/v1/machine",
    {
      config: { access: "agent", act: null, pace: false },
      schema: { hide, body: AgentMachine, response: { 204: Type.Null(), "4xx": ErrorBody } },
    },
    async (request, reply) => {
      await agents.machine(agentOf(request), request.body);
      return reply.code(204).send(null);
    },
  );

  app.post(
    "/agent/v1/report",
    {
      config: { access: "agent", act: null, pace: false },
      schema: { hide, body: AgentReport, response: { 204: Type.Null(), "4xx": ErrorBody } },
    },
    async (request, reply) => {
      await agents.report(agentOf(request), request.body, versionOf(request));
      return reply.code(204).send(null);
    },
  );
}

function agentOf({ agent, routeOptions: { url } }: FastifyRequest): StoredAgent {
  if (agent === null) throw new Error(`${url} is not for agents.`);
  return agent;
}

const versionOf = ({ headers }: FastifyRequest) => String(headers[VERSION_HEADER]);

/** The body's limit counts what is unpacked, so that a small body cannot become a large one. */
const unpacked: preParsingAsyncHookHandler = async ({ headers }, _reply, payload) => {
  if (headers["content-encoding"] !== "gzip") return payload;
  const gunzip: Transform & { receivedEncodedLength?: number } = createGunzip();
  gunzip.receivedEncodedLength = 0;
  payload.on("data", ({ length }: Buffer) => {
    gunzip.receivedEncodedLength = (gunzip.receivedEncodedLength ?? 0) + length;
  });
  payload.once("error", (error) => gunzip.destroy(error));
  return payload.pipe(gunzip);
};
