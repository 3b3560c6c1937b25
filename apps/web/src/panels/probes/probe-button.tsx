import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Radar } from "lucide-react";
import { api } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { ForRole } from "../../ui/for-role.tsx";

/** Probes a host as it is, and goes there. */
export function ProbeButton({ target }: { target: string }) {
  return (
    <ForRole least="operator">
      <StartButton target={target} />
    </ForRole>
  );
}

function StartButton({ target }: { target: string }) {
  const navigate = useNavigate();
  const start = useMutation({
    mutationFn: () => api.startProbe({ target, noMx: true }),
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
