import type { AlertEntry } from "@mxray/contracts";
import { Link } from "@tanstack/react-router";
import { useAlerts } from "../../api/use-alerts.ts";
import { formatZonedTimeOfDay } from "../../format/moments.ts";
import { Answers } from "../../ui/answers.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Time } from "../../ui/time.tsx";
import { EVENT_WORDS, STATE_TONES, STATE_WORDS } from "./alert-words.ts";

/** Every alert with the channel's answer, the newest first. */
export function DeliveryLog() {
  const alerts = useAlerts();
  return (
    <Card title="Delivery log">
      <Answers to={[alerts]}>
        {({ pages }) => {
          const entries = pages.flatMap((page) => page.alerts);
          return entries.length === 0 ? (
            <p className="rounded-lg border border-dashed border-line px-4 py-8 text-center text-soft">
              Nothing sent yet. A channel's test is listed here, too.
            </p>
          ) : (
            <ul aria-label="Delivery log" className="divide-y divide-line">
              {entries.map((entry) => (
                <Entry key={entry.id} entry={entry} />
              ))}
            </ul>
          );
        }}
      </Answers>
      {alerts.hasNextPage && (
        <Button className="mt-3" disabled={alerts.isFetchingNextPage} onClick={() => alerts.fetchNextPage()}>
          Show older alerts
        </Button>
      )}
    </Card>
  );
}

function Entry({ entry }: { entry: AlertEntry }) {
  const { channel, event, state, finding, createdAt, dueAt, attempts, answer } = entry;
  return (
    <li className="grid gap-x-4 gap-y-1 py-2.5 text-sm sm:grid-cols-[14rem_minmax(0,2fr)_minmax(0,3fr)]">
      <span className="text-soft">
        <Time at={createdAt} />
      </span>
      <span className="min-w-0 wrap-anywhere">
        {EVENT_WORDS[event]}
        {finding !== null && (
          <>
            {": "}
            <Link to="/findings/$id" params={{ id: finding.id }} className="text-accent underline underline-offset-2">
              {finding.title}
            </Link>
          </>
        )}
        <span className="block text-soft">to {channel.name}</span>
      </span>
      <span className="min-w-0 wrap-anywhere">
        <Badge tone={STATE_TONES[state]}>{STATE_WORDS[state]}</Badge>{" "}
        <span className="text-soft">
          {attempts > 1 && `${attempts} attempts`}
          {dueAt !== null && attempts > 0 && ` · next at ${formatZonedTimeOfDay(Date.parse(dueAt))}`}
        </span>
        {answer !== null && <span className="block text-soft">{answer}</span>}
      </span>
    </li>
  );
}
