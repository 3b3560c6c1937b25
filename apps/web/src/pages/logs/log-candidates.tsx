import type { LogCandidate } from "@mxray/contracts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { Message } from "../../ui/message.tsx";

/** What to do where no log is followed: the logs that this machine has, a file, a line. */
export function LogCandidates({ candidates }: { candidates: readonly LogCandidate[] }) {
  const client = useQueryClient();
  const follow = useMutation({
    mutationFn: api.followLog,
    onSettled: () => client.invalidateQueries({ queryKey: ["log-sources"] }),
  });
  return (
    <div className="mb-5 space-y-4">
      <p className="max-w-[75ch] text-soft">
        No log is followed yet.{" "}
        {candidates.length === 0
          ? "None was found at the usual places of this machine: name one below, and it is read from its beginning, then as it is written."
          : "These are on this machine. One that you choose is read from its beginning, then as it is written."}
      </p>
      {candidates.length > 0 && (
        <ul aria-label="Logs on this machine" className="divide-y divide-line rounded-lg border border-line">
          {candidates.map(({ location, trouble }) => (
            <li key={location} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-2.5">
              <div className="min-w-0">
                <p className="font-mono text-sm font-semibold wrap-anywhere">{location}</p>
                {trouble !== null && <p className="text-sm text-soft wrap-anywhere">{trouble}</p>}
              </div>
              {trouble === null && (
                <Button
                  look="primary"
                  disabled={follow.isPending}
                  onClick={() => follow.mutate(location)}
                  aria-label={`Follow ${location}`}
                >
                  Follow
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {follow.error !== null && <Message tone="bad">{follow.error.message}</Message>}
      <p className="max-w-[75ch] text-soft">
        A single line, a bounce or a queue id is explained{" "}
        <Link to="/diagnose" className="text-accent underline underline-offset-2">
          where a host is diagnosed
        </Link>
        .
      </p>
    </div>
  );
}
