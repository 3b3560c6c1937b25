import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ScrollText } from "lucide-react";
import { api } from "../../api/client.ts";
import { useMay } from "../../api/use-access.ts";
import { buttonClass } from "../../ui/button.tsx";
import { Message } from "../../ui/message.tsx";
import { LogChooser } from "../logs/log-chooser.tsx";

/** To begin with a log: a file that is analysed once, or one of the server that is followed from now on. */
export function LogWay({ onFile }: { onFile: (file: File) => void }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const sources = useQuery({ queryKey: ["log-sources"], queryFn: api.logSources });
  const may = useMay("admin");
  const readable = sources.data?.candidates.filter(({ trouble }) => trouble === null) ?? [];
  const follow = useMutation({
    mutationFn: api.followLog,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["log-sources"] });
      await navigate({ to: "/logs" });
    },
  });
  return (
    <div className="space-y-4">
      <p className="text-soft">Which peers stall, at which sizes and since when. An analysed file is not stored.</p>
      <LogChooser onFile={onFile} className={`${buttonClass("primary")} h-12 w-full rounded-xl text-base`} />
      {may === true && readable.length > 0 && (
        <div>
          <h3 className="mb-1.5 text-sm font-semibold text-soft">Follow a log of this server</h3>
          <ul className="space-y-1">
            {readable.map(({ location }) => (
              <li key={location}>
                <button
                  type="button"
                  aria-label={`Follow ${location}`}
                  disabled={follow.isPending}
                  onClick={() => follow.mutate(location)}
                  className="flex min-h-9 w-full items-center gap-2 rounded-lg px-2 text-left hover:bg-raised disabled:opacity-50"
                >
                  <ScrollText size={15} aria-hidden className="shrink-0 text-faint" />
                  <span className="min-w-0 truncate font-mono text-[13px]">{location}</span>
                  <span className="ml-auto text-sm text-accent">Follow</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
      {may === true && sources.isSuccess && readable.length === 0 && (
        <p className="text-sm text-soft">
          No readable log was found in the usual places on this server.{" "}
          <Link to="/logs" className="text-accent underline underline-offset-2">
            Enter the path of a log
          </Link>
        </p>
      )}
      {follow.error !== null && <Message tone="bad">{follow.error.message}</Message>}
    </div>
  );
}
