import type { MailQueue } from "@mxray/contracts";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { formatCount } from "../../format/numbers.ts";
import { Answers } from "../../ui/answers.tsx";
import { Card } from "../../ui/card.tsx";
import { Message } from "../../ui/message.tsx";
import { Time } from "../../ui/time.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { QueueMatrix } from "./queue-matrix.tsx";

const REFRESH_MS = 30_000;

/** The mail queue of the machine that mxray runs on, by destination, reason and age. */
export function QueuePage() {
  usePageTitle("Mail queue");
  const queue = useQuery({ queryKey: ["queue"], queryFn: api.queue, refetchInterval: REFRESH_MS });
  return (
    <div className="space-y-4">
      <header>
        <h1 className="text-2xl font-bold">Mail queue</h1>
        <p className="mt-1 max-w-[75ch] text-soft">
          Messages that wait in Postfix on this machine, by destination, reason and age, read every 30 seconds while this page is open. The
          columns are ages in minutes, as in Postfix's qshape. A message to several destinations, or with several reasons, is counted for
          each of them.
        </p>
      </header>
      <Answers to={[queue]}>{(view) => <Waiting queue={view} />}</Answers>
    </div>
  );
}

function Waiting({ queue }: { queue: MailQueue }) {
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
            <QueueMatrix queue={queue} />
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
