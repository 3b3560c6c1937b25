import type { LogCandidate, LogSource } from "@mxray/contracts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { api } from "../../api/client.ts";
import { useMay } from "../../api/use-access.ts";
import { SOURCE_STATE_TONES, SOURCE_STATE_WORDS } from "../../format/log-words.ts";
import { formatCount, formatDuration, formatSize } from "../../format/numbers.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { ForRole, RoleNote } from "../../ui/for-role.tsx";
import { Message } from "../../ui/message.tsx";
import { Time } from "../../ui/time.tsx";
import { LogCandidates } from "./log-candidates.tsx";

/** Which logs are followed, how each stands, and one more. */
export function LogSources({ sources, candidates }: { sources: readonly LogSource[]; candidates: readonly LogCandidate[] }) {
  const [adding, add] = useState(false);
  const may = useMay("admin");
  const form = may === true && (adding || sources.length === 0);
  return (
    <Card
      title="Followed logs"
      aside={
        may === true &&
        sources.length > 0 && (
          <Button look="quiet" aria-expanded={adding} onClick={() => add(!adding)}>
            <Plus size={16} aria-hidden /> Follow another
          </Button>
        )
      }
    >
      {sources.length === 0 ? (
        <ForRole
          least="admin"
          otherwise={
            <>
              <p className="text-soft">No log is followed yet.</p>
              <RoleNote what="Following one" least="admin" />
            </>
          }
        >
          <LogCandidates candidates={candidates} />
        </ForRole>
      ) : (
        <ul className={`divide-y divide-line ${form ? "mb-4" : "-mb-2.5"}`} aria-label="Followed logs">
          {sources.map((source) => (
            <Source key={source.id} source={source} />
          ))}
        </ul>
      )}
      {form && <FollowForm candidates={candidates} onFollowed={() => add(false)} />}
    </Card>
  );
}

function Source({ source }: { source: LogSource }) {
  const client = useQueryClient();
  const [asked, ask] = useState(false);
  const forget = useMutation({
    mutationFn: api.forgetLog,
    onSettled: () =>
      Promise.all([client.invalidateQueries({ queryKey: ["log-sources"] }), client.invalidateQueries({ queryKey: ["logs"] })]),
  });
  const { id, location, origin, agent, state, lines, recognised, notice } = source;
  return (
    <li className="py-2.5 first:pt-0">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="font-mono text-sm font-semibold wrap-anywhere">{location}</span>
            {agent !== null && <span className="text-sm text-soft">on {agent}</span>}
            <Badge tone={SOURCE_STATE_TONES[state]}>{SOURCE_STATE_WORDS[state]}</Badge>
          </p>
          <p className="text-sm text-soft tabular-nums">
            {formatCount(lines)} {lines === 1 ? "line" : "lines"} read, {formatCount(recognised)} recognised
            {paceOf(source)}
          </p>
        </div>
        {origin === "page" || (origin === "agent" && state === "waiting") ? (
          <ForRole least="admin">
            <button
              type="button"
              aria-label={`Follow ${location} no longer`}
              title="Stop following this log"
              disabled={forget.isPending}
              onClick={() => ask(true)}
              className="grid size-8 shrink-0 place-items-center rounded-lg text-faint hover:bg-bad-soft hover:text-bad"
            >
              <Trash2 size={16} aria-hidden />
            </button>
          </ForRole>
        ) : origin === "agent" ? (
          <span className="text-xs text-faint" title="Remove it from the agent’s --logs to stop following it">
            by an agent
          </span>
        ) : (
          <span className="text-xs text-faint" title="Remove it from MXRAY_LOGS to stop following it">
            from MXRAY_LOGS
          </span>
        )}
      </div>
      {notice !== null && (
        <div className="mt-2">
          <Message tone={state === "failed" ? "bad" : "warn"}>{notice}</Message>
        </div>
      )}
      {asked && (
        <ConfirmDialog
          title={`Follow ${location} no longer?`}
          action="Stop following"
          busy={forget.isPending}
          onClose={() => ask(false)}
          onConfirm={() => forget.mutate(id, { onSettled: () => ask(false) })}
        >
          <p>Its stored lines are deleted, and it no longer produces findings. Its counts stay in the charts.</p>
        </ConfirmDialog>
      )}
      {forget.error !== null && (
        <div className="mt-2">
          <Message tone="bad">{forget.error.message}</Message>
        </div>
      )}
    </li>
  );
}

/** How fast, how far behind, and how old the latest line is. */
function paceOf({ state, linesPerSecond, lagBytes, secondsLeft, lastLineAt }: LogSource) {
  return (
    <>
      {linesPerSecond >= 1 && ` · ${formatCount(Math.round(linesPerSecond))} lines/s`}
      {lagBytes > 0 && ` · ${formatSize(lagBytes)} to come`}
      {state === "catching-up" && secondsLeft !== null && `, about ${formatDuration(secondsLeft)}`}
      {lastLineAt !== null && (
        <>
          {" · "}
          latest line <Time at={lastLineAt} show="ago" />
        </>
      )}
    </>
  );
}

function FollowForm({ candidates, onFollowed }: { candidates: readonly LogCandidate[]; onFollowed: () => void }) {
  const client = useQueryClient();
  const [location, setLocation] = useState("");
  const follow = useMutation({
    mutationFn: api.followLog,
    onSuccess: () => {
      onFollowed();
      return client.invalidateQueries({ queryKey: ["log-sources"] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (location.trim() !== "") follow.mutate(location.trim());
  };
  return (
    <form onSubmit={submit}>
      <label className="mb-1 block text-sm font-semibold text-soft" htmlFor="log-location">
        Follow a log: the path of a file on the server, or <code className="font-mono text-[13px]">journal</code>
      </label>
      <div className="flex flex-wrap gap-2">
        <input
          id="log-location"
          list="log-places"
          value={location}
          onChange={({ target }) => {
            setLocation(target.value);
            follow.reset();
          }}
          placeholder="/var/log/mail.log"
          autoComplete="off"
          spellCheck={false}
          maxLength={1000}
          className="h-9 min-w-0 flex-1 basis-56 rounded-lg border border-line bg-ground px-3 font-mono text-[13px]"
        />
        <datalist id="log-places">
          {candidates.map(({ location: place }) => (
            <option key={place} value={place} />
          ))}
        </datalist>
        <Button type="submit" look="primary" disabled={follow.isPending || location.trim() === ""}>
          Follow
        </Button>
      </div>
      {follow.error !== null && (
        <div className="mt-2">
          <Message tone="bad">{follow.error.message}</Message>
        </div>
      )}
    </form>
  );
}
