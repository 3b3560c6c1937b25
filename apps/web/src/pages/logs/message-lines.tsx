import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { api } from "../../api/client.ts";
import { LogLinesPanel } from "../../panels/logs/log-lines-panel.tsx";
import { Answers } from "../../ui/answers.tsx";
import { Button } from "../../ui/button.tsx";

/** What followed logs tell of one message, whenever that was. */
export function MessageLines({ queueId, close }: { queueId: string; close: () => void }) {
  const lines = useQuery({ queryKey: ["logs", "message", queueId], queryFn: () => api.logMessage(queueId) });
  return (
    <section aria-label={`Message ${queueId}`} className="space-y-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="min-w-0 text-lg font-semibold">
          Message <span className="font-mono wrap-anywhere">{queueId}</span>
        </h2>
        <Button onClick={close}>
          <X size={16} aria-hidden /> All of the logs
        </Button>
      </div>
      <Answers to={[lines]}>
        {({ events }) => (
          <LogLinesPanel
            events={events}
            nothing="No line with this queue id is stored. mxray stores only the error lines of followed logs."
          />
        )}
      </Answers>
    </section>
  );
}
