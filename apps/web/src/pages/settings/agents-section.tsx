import type { AgentInvitation, AgentState, AgentSummary } from "@mxray/contracts";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useAgents, useInviteAgent, useMakeAgent, useRevokeAgent } from "../../api/use-agents.ts";
import type { Tone } from "../../format/words.ts";
import { Answers } from "../../ui/answers.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Message } from "../../ui/message.tsx";
import { SecretCommand } from "../../ui/secret-link.tsx";
import { Time } from "../../ui/time.tsx";
import { FormField } from "./form-field.tsx";

const STATES: Readonly<Record<AgentState, readonly [tone: Tone, words: string]>> = {
  invited: ["info", "not enrolled yet"],
  reporting: ["ok", "reporting"],
  silent: ["bad", "silent"],
  revoked: ["info", "revoked"],
};

/** From here on a clock is wrong enough to mislead: lines of two machines are shown in one order. */
const NOTED_SKEW_MS = 2000;

/** Machines elsewhere that follow their own mail logs for this server. */
export function AgentsSection() {
  const agents = useAgents();
  const [invitation, show] = useState<AgentInvitation | null>(null);
  return (
    <Answers to={[agents]}>
      {(list) => (
        <>
          <Card title="Add an agent">
            <p className="mb-4 max-w-[75ch] text-soft">
              An agent follows the mail logs of another machine, reports them here, and probes from there when asked. It connects to this
              server, and opens no port.
            </p>
            <MakeAgent show={show} />
            {invitation !== null && <Invitation {...invitation} />}
          </Card>
          <Card title="Agents">
            {list.agents.length === 0 ? (
              <p className="rounded-lg border border-dashed border-line px-4 py-8 text-center text-soft">No agents yet.</p>
            ) : (
              <AgentRows agents={list.agents} show={show} />
            )}
          </Card>
        </>
      )}
    </Answers>
  );
}

function MakeAgent({ show }: { show: (invitation: AgentInvitation) => void }) {
  const [name, setName] = useState("");
  const make = useMakeAgent();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate(
      { name: name.trim() },
      {
        onSuccess: (made) => {
          setName("");
          show(made);
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className="space-y-4">
      <div className="flex flex-wrap items-end gap-3">
        <FormField
          label="Name"
          value={name}
          onChange={({ target }) => setName(target.value)}
          required
          maxLength={64}
          pattern="[a-z0-9][a-z0-9._\-]*"
          title="Lower-case letters, digits, dots, hyphens and underscores"
          placeholder="mx1.example.org"
        />
        <Button type="submit" look="primary" disabled={make.isPending}>
          Add agent
        </Button>
      </div>
      {make.error !== null && <Message tone="bad">{make.error.message}</Message>}
    </form>
  );
}

function Invitation({ agent, command, expiresAt, loopback }: AgentInvitation) {
  return (
    <div className="mt-4 space-y-2">
      <p className="max-w-[75ch] text-soft">
        Run this on the machine of <strong className="text-ink">{agent.name}</strong>, as a user who may read the log. The token in it works
        once, until <Time at={expiresAt} show="zoned" />, and cannot be shown again. Later, <code>mxray agent</code> alone is enough.
      </p>
      <SecretCommand command={command} label={`Command that enrols ${agent.name}`} />
      {loopback && (
        <Message tone="warn">
          The address in this command leads to the server’s own machine only: set the public URL (--public-url) first, or replace it.
        </Message>
      )}
    </div>
  );
}

/** What the agent reports of its machine. */
function MachineLinks({ agent }: { agent: string }) {
  const look = "text-accent underline underline-offset-2";
  return (
    <span className="flex gap-3 px-1">
      <Link to="/host" search={{ agent }} className={look}>
        Health
      </Link>
      <Link to="/live" search={{ agent }} className={look}>
        Live
      </Link>
      <Link to="/queue" search={{ agent }} className={look}>
        Queue
      </Link>
    </span>
  );
}

function AgentRows({ agents, show }: { agents: readonly AgentSummary[]; show: (invitation: AgentInvitation) => void }) {
  const revoke = useRevokeAgent();
  const invite = useInviteAgent();
  const [asked, ask] = useState<AgentSummary | null>(null);
  const error = revoke.error ?? invite.error;
  return (
    <>
      {error !== null && <Message tone="bad">{error.message}</Message>}
      <ul aria-label="Agents" className="divide-y divide-line">
        {agents.map((agent) => (
          <li key={agent.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3 text-sm">
            <div className="min-w-0 flex-1 basis-64">
              <p className="flex flex-wrap items-center gap-x-3 gap-y-1 font-semibold wrap-anywhere">
                {agent.name} <Badge tone={STATES[agent.state][0]}>{STATES[agent.state][1]}</Badge>
              </p>
              <p className="text-soft wrap-anywhere">
                <AgentFacts {...agent} />
              </p>
              {agent.skewMs !== null && Math.abs(agent.skewMs) >= NOTED_SKEW_MS && (
                <p className="text-warn">
                  Its clock is {Math.round(Math.abs(agent.skewMs) / 1000)} s {agent.skewMs > 0 ? "ahead of" : "behind"} this server’s.
                </p>
              )}
            </div>
            {agent.state !== "revoked" && (
              <div className="flex flex-wrap items-center gap-2">
                {agent.host !== null && <MachineLinks agent={agent.name} />}
                <Button
                  aria-label={`New token: ${agent.name}`}
                  disabled={invite.isPending}
                  onClick={() => invite.mutate(agent.id, { onSuccess: show })}
                >
                  New token
                </Button>
                <Button look="danger" aria-label={`Revoke: ${agent.name}`} onClick={() => ask(agent)}>
                  Revoke
                </Button>
              </div>
            )}
          </li>
        ))}
      </ul>
      {asked !== null && (
        <ConfirmDialog
          title={`Revoke the agent ${asked.name}?`}
          action="Revoke the agent"
          busy={revoke.isPending}
          onClose={() => ask(null)}
          onConfirm={() => revoke.mutate(asked.id, { onSettled: () => ask(null) })}
        >
          <p>It stops at once. What it reported stays. A revoked agent cannot be restored, but its name can be used again.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function AgentFacts({ host, version, logs, enrolledAt, lastSeenAt, enrolUntil }: AgentSummary) {
  if (enrolledAt === null) {
    if (enrolUntil === null) return "no token yet";
    return enrolUntil <= new Date().toISOString() ? (
      "its token has expired"
    ) : (
      <>
        its token works until <Time at={enrolUntil} show="zoned" />
      </>
    );
  }
  return (
    <>
      {host ?? "not seen yet"}
      {version !== null && ` · mxray ${version}`} · {logs} {logs === 1 ? "log" : "logs"}
      {lastSeenAt !== null && (
        <>
          {" "}
          · seen <Time at={lastSeenAt} show="ago" />
        </>
      )}
    </>
  );
}
