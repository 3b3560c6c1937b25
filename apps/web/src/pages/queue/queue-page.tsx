import type { MailQueue } from "@mxray/contracts";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { api } from "../../api/client.ts";
import { formatCount } from "../../format/numbers.ts";
import { MachineHeader } from "../../panels/host/machine-header.tsx";
import { Answers } from "../../ui/answers.tsx";
import { Card } from "../../ui/card.tsx";
import { Message } from "../../ui/message.tsx";
import { Time } from "../../ui/time.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { QueueMatrix } from "./queue-matrix.tsx";

const route = getRouteApi("/queue");
/** Reading the queue of the server's own machine makes Postfix open each of its files. */
const REFRESH_MS = { own: 30_000, reported: 5000 } as const;

/** The mail queue of a machine that mxray or an agent runs on, by destination, reason and age. */
export function QueuePage() {
  usePageTitle("Mail queue");
  const { agent } = route.useSearch();
  const queue = useQuery({
    queryKey: ["queue", agent],
    queryFn: () => api.queue({ agent }),
    refetchInterval: agent === undefined ? REFRESH_MS.own : REFRESH_MS.reported,
  });
  return (
    <div className="space-y-4">
      <MachineHeader title="Mail queue" page="/queue" agent={agent}>
        Messages that wait in Postfix on {agent ?? "this machine"}, by destination, reason and age, read{" "}
        {agent === undefined ? "every 30 seconds while this page is open" : "by the agent every minute"}. The columns are ages in minutes,
        as in Postfix's qshape. A message to several destinations, or with several reasons, is counted for each of them.
      </MachineHeader>
      <Answers to={[queue]}>{(view) => <Waiting queue={view} agent={agent} />}</Answers>
    </div>
  );
}

function Waiting({ queue, agent }: { queue: MailQueue; agent: string | undefined }) {
  const { at, missing, complete, messages, oldest, queues, destinations, others } = queue;
  if (missing !== null) return <p className="py-12 text-center text-soft">{missing}</p>;
  const parts = Object.entries(queues).map(([name, count]) => `${formatCount(count)} ${name}`);
  return (
    <>
      {!complete && (
        <Message tone="warn">Part of the queue could not be read, or it is too long to read. Every figure below is a lower bound.</Message>
      )}
      <Card title="Waiting messages" aside={<Time at={at} show="ago" />}>
        {messages === 0 ? (
          <p className="py-8 text-center text-soft">The mail queue is empty.</p>
        ) : (
          <>
            <p className="mb-3 text-sm">
              {parts.join(", ")}
              {oldest !== null && (
                <>
                  {"; the oldest arrived "}
                  <Time at={oldest} show="ago" />
                </>
              )}
            </p>
            <QueueMatrix queue={queue} agent={agent} />
            {others.messages > 0 && (
              <p className="mt-3 text-sm text-soft">
                {`Not shown: ${formatCount(others.messages)} messages for destinations with fewer messages than these ${formatCount(destinations.length)}.`}
              </p>
            )}
          </>
        )}
      </Card>
    </>
  );
}
