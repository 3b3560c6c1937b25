import type { FindingDetail, FindingSummary } from "@mxray/contracts";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowRight, BookOpen, ChevronLeft, Server } from "lucide-react";
import { api } from "../../api/client.ts";
import { STATE_TONES, STATE_WORDS, subjectWords } from "../../format/words.ts";
import { FindingTimeline } from "../../panels/findings/finding-timeline.tsx";
import { RemediesPanel } from "../../panels/findings/remedies-panel.tsx";
import { VerdictBanner } from "../../panels/findings/verdict-banner.tsx";
import { WatchSwitch } from "../../panels/watching/watch-switch.tsx";
import { Answers } from "../../ui/answers.tsx";
import { Badge } from "../../ui/badge.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Message } from "../../ui/message.tsx";
import { Time } from "../../ui/time.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { FindingActions } from "./finding-actions.tsx";

const route = getRouteApi("/findings/$id");

/** One finding: what it is, how it stands, how we know, what to do. */
export function FindingPage() {
  const { id } = route.useParams();
  const found = useQuery({ queryKey: ["finding", id], queryFn: () => api.finding(id) });
  usePageTitle(found.data?.title ?? null);
  const all = (
    <Link to="/findings" className={buttonClass()}>
      All findings
    </Link>
  );
  return (
    <Answers to={[found]} instead={all}>
      {(detail) => <FindingView detail={detail} />}
    </Answers>
  );
}

function FindingView({ detail }: { detail: FindingDetail }) {
  const { finding, code, life, probes, subject, absorbed, watch } = detail;
  const peer = subject.host ?? subject.address;
  return (
    <div className="space-y-4">
      <Link to="/findings" className="no-print inline-flex items-center gap-1 text-sm text-soft hover:text-ink">
        <ChevronLeft size={15} aria-hidden /> All findings
      </Link>
      <VerdictBanner finding={finding} heading="h1">
        <Standing detail={detail} />
        <FindingActions detail={detail} />
      </VerdictBanner>
      {watch !== null && <WatchSwitch request={watch} />}
      <FindingTimeline evidence={finding.evidence} life={life} probes={probes} peer={peer} />
      {absorbed.length > 0 && <Explained findings={absorbed} />}
      <RemediesPanel remedies={finding.remedies} first="sender" />
      <p className="no-print flex flex-wrap gap-x-6 gap-y-2 text-sm">
        <Link to="/playbook" search={{ code }} className="inline-flex items-center gap-1.5 text-accent underline-offset-2 hover:underline">
          <BookOpen size={15} aria-hidden /> Remedies in the playbook
        </Link>
        {peer !== null && (
          <Link
            to="/peers/$peer"
            params={{ peer }}
            className="inline-flex items-center gap-1.5 text-accent underline-offset-2 hover:underline"
          >
            <Server size={15} aria-hidden /> All about this peer
          </Link>
        )}
        {probes[0] !== undefined && (
          <Link
            to="/diagnose/$id"
            params={{ id: probes[0].id }}
            className="inline-flex items-center gap-1.5 text-accent underline-offset-2 hover:underline"
          >
            <ArrowRight size={15} aria-hidden /> The whole probe: path, ladder, transcript
          </Link>
        )}
      </p>
    </div>
  );
}

/** What logs show of the same fault, or what a fault on our side makes appear; in no list, since it is this one. */
function Explained({ findings }: { findings: readonly FindingSummary[] }) {
  const logged = findings.every(({ code }) => code.startsWith("log-"));
  return (
    <Card title={logged ? "Explains what the logs show" : "Findings explained by this one"}>
      <ul className="space-y-1">
        {findings.map(({ id, title, subject }) => (
          <li key={id} className="flex flex-wrap gap-x-2">
            <Link to="/findings/$id" params={{ id }} className="text-accent underline-offset-2 wrap-anywhere hover:underline">
              {title}
            </Link>
            {!logged && <span className="font-mono text-[13px] text-soft">{subjectWords(subject)}</span>}
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** Its state in words, with the proof where there is one. */
function Standing({ detail }: { detail: FindingDetail }) {
  const { state, note, firstSeenAt, sinceAt, lastSeenAt, fixedAt, fixedBy, explainedBy } = detail;
  return (
    <div className="mt-4 space-y-2" data-testid="standing">
      <p className="flex flex-wrap items-center gap-2 text-sm text-soft">
        <Badge tone={STATE_TONES[state]}>{STATE_WORDS[state]}</Badge>
        {fixedAt === null ? (
          <span>
            <Time at={sinceAt} show="since" />, found <Time at={firstSeenAt} />, seen <Time at={lastSeenAt} show="ago" />
          </span>
        ) : (
          <span>
            began <Time at={sinceAt} />, found <Time at={firstSeenAt} />, fixed <Time at={fixedAt} />
          </span>
        )}
      </p>
      {explainedBy !== null && (
        <p className="text-sm" data-testid="explained-by">
          Explained by{" "}
          <Link to="/findings/$id" params={{ id: explainedBy.id }} className="text-accent underline-offset-2 wrap-anywhere hover:underline">
            {explainedBy.title}
          </Link>
          . It is in no list until that finding is fixed.
        </p>
      )}
      {state === "acknowledged" && note !== null && (
        <blockquote className="max-w-[75ch] border-l-2 border-line pl-3 whitespace-pre-line wrap-anywhere">{note}</blockquote>
      )}
      {fixedAt !== null && fixedBy !== null && (
        <Message
          tone="ok"
          action={
            <Link to="/diagnose/$id" params={{ id: fixedBy }} className={buttonClass()}>
              See the proof
            </Link>
          }
        >
          A probe proved the fix.
        </Message>
      )}
      {fixedAt !== null && fixedBy === null && <Message tone="ok">The logs have not shown it for three days.</Message>}
    </div>
  );
}
