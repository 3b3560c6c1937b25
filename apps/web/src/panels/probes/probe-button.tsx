import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Radar } from "lucide-react";
import { api } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { ForRole } from "../../ui/for-role.tsx";

interface ProbeButtonProps {
  readonly target: string;
  /** From whose machine; left out for the server's own. */
  readonly agent?: string | undefined;
}

/** Probes a host as it is, and goes there. */
export function ProbeButton(props: ProbeButtonProps) {
  return (
    <ForRole least="operator">
      <StartButton {...props} />
    </ForRole>
  );
}

function StartButton({ target, agent }: ProbeButtonProps) {
  const navigate = useNavigate();
  const start = useMutation({
    mutationFn: () => api.startProbe({ target, noMx: true, ...(agent === undefined ? {} : { vantage: agent }) }),
    onSuccess: ({ id }) => navigate({ to: "/diagnose/$id", params: { id } }),
  });
  return (
    <span className="no-print inline-flex flex-wrap items-center gap-2">
      <Button
        className="whitespace-nowrap"
        aria-label={`Probe this host: ${target}`}
        onClick={() => start.mutate()}
        disabled={start.isPending}
      >
        <Radar size={15} aria-hidden /> Probe this host
      </Button>
      {start.error !== null && (
        <span role="alert" className="max-w-80 text-sm break-words text-bad">
          {start.error.message}
        </span>
      )}
    </span>
  );
}
