import { useNavigate } from "@tanstack/react-router";
import { FlaskConical, LoaderCircle, Square } from "lucide-react";
import type { Lab } from "../../api/use-lab.ts";
import { Button } from "../../ui/button.tsx";
import { ForRole, RoleNote } from "../../ui/for-role.tsx";
import { Message } from "../../ui/message.tsx";

/** The practice lab's switch, which opens the probe of a black hole, or why the lab cannot run here. */
export function PracticeLab({ lab: { info, demonstrate, stop, look } }: { lab: Lab }) {
  const navigate = useNavigate();
  if (info === null) return null;
  const starting = info.state === "starting" || demonstrate.isPending;
  const problem = demonstrate.error?.message ?? stop.error?.message ?? (info.state === "stopped" ? info.reason : null);
  return (
    <div className="space-y-3">
      <p className="text-soft">
        A routed network inside this machine’s kernel, with a mail domain for every kind of fault: black holes, a firewall that rewrites
        SMTP, lost packets, a blocked port. Nothing leaves this machine. Starting it probes the first black hole.
      </p>
      {problem !== null && !starting && <Message tone="warn">{problem}</Message>}
      {info.state === "unavailable" ? (
        <Unavailable reason={info.reason} remedy={info.remedy} look={look} />
      ) : info.state === "ready" ? (
        <div className="flex flex-wrap items-center gap-3">
          <p role="status" className="font-semibold text-ok">
            Running: {info.domains.length} practice domains.
          </p>
          <ForRole least="operator">
            <Button onClick={() => stop.mutate()} disabled={stop.isPending}>
              <Square size={14} aria-hidden /> Stop
            </Button>
          </ForRole>
        </div>
      ) : (
        <ForRole least="operator" otherwise={<RoleNote what="Starting the practice lab" least="operator" />}>
          <Button
            look="primary"
            className="h-12 w-full rounded-xl text-base"
            onClick={() => demonstrate.mutate(undefined, { onSuccess: ({ id }) => navigate({ to: "/diagnose/$id", params: { id } }) })}
            disabled={starting}
          >
            {starting ? <LoaderCircle size={18} aria-hidden className="animate-spin" /> : <FlaskConical size={18} aria-hidden />}
            {starting ? "Building the network …" : "Start the practice lab"}
          </Button>
        </ForRole>
      )}
    </div>
  );
}

function Unavailable({ reason, remedy, look }: { reason: string | null; remedy: string | null; look: () => void }) {
  return (
    <Message tone="info" action={<Button onClick={look}>Look again</Button>}>
      The practice lab cannot run on this machine. {reason}
      {remedy !== null && <span className="mt-1 block">What helps: {remedy}</span>}
    </Message>
  );
}
