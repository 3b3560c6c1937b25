import type { FindingCode, PlaybookRemedy } from "@mxray/contracts";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useLocation } from "@tanstack/react-router";
import { ChevronRight, Link2 } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { api } from "../../api/client.ts";
import { FINDING_NAMES } from "../../format/finding-names.ts";
import { AUDIENCE_NAMES, platformName } from "../../format/words.ts";
import { RemedyKindMark, RemedyText } from "../../panels/findings/remedy-text.tsx";
import { Answers } from "../../ui/answers.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { PlaybookFilter } from "./playbook-filter.tsx";
import type { PlaybookSearch } from "./playbook-search.ts";
import { remedyMatches } from "./remedy-match.ts";

const route = getRouteApi("/playbook");
const MOST_FINDINGS = 200;

/** Every remedy there is, to be read without any finding. */
export function PlaybookPage() {
  usePageTitle("Playbook");
  const search = route.useSearch();
  const family = search.family ?? 4;
  const playbook = useQuery({
    queryKey: ["playbook", family],
    queryFn: () => api.playbook(family),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const hash = useLocation({ select: (location) => location.hash });
  const remedies = playbook.data?.remedies ?? [];
  // Who follows a link to one remedy sees it, whatever else the filters say.
  const shown = remedies.filter((remedy) => remedy.id === hash || matches(remedy, search));
  const byPlatform = Map.groupBy(shown, ({ platform }) => platform);
  const narrowed = shown.length < remedies.length;
  const open = useQuery({
    queryKey: ["findings", "open-codes"],
    queryFn: () => api.findings({ state: "open", limit: MOST_FINDINGS }),
    select: ({ findings }) => [...new Set(findings.map(({ code }) => code))],
  });
  return (
    <div className="space-y-4">
      <header>
        <h1 className="text-2xl font-bold">Playbook</h1>
        <p className="mt-1 max-w-[75ch] text-soft">
          What to run for each problem, on each system. The numbers are examples: mail host{" "}
          {family === 4 ? "203.0.113.25" : "2001:db8:9::25"}, largest packet 1400 bytes. A finding has the measured ones filled in.
        </p>
      </header>
      <PlaybookFilter search={search} remedies={remedies} />
      <Answers to={[playbook]}>
        {() => (
          <p className="text-sm text-soft" role="status">
            {narrowed ? `${shown.length} of ${remedies.length} remedies` : `${remedies.length} remedies`}
          </p>
        )}
      </Answers>
      {playbook.data !== undefined && shown.length === 0 && (
        <div className="rounded-xl border border-dashed border-line px-4 py-10 text-center text-soft">
          <p className="mb-4">No remedy matches these filters.</p>
          <Link to="/playbook" className={buttonClass()}>
            Show all remedies
          </Link>
        </div>
      )}
      {!narrowed && <OpenProblems codes={open.data ?? []} remedies={remedies} search={search} />}
      {!narrowed && remedies.length > 0 && <p className="px-1 pt-2 text-sm text-soft">All remedies, by system</p>}
      {[...byPlatform].map(([platform, group]) => (
        // Another key: what a filter leaves is open, a whole playbook is folded.
        <Group
          key={`${platform} ${narrowed}`}
          name={platformName(platform)}
          count={group.length}
          open={narrowed || group.some(({ id }) => id === hash)}
        >
          {group.map((remedy) => (
            <Entry key={remedy.id} remedy={remedy} search={search} meant={remedy.id === hash} />
          ))}
        </Group>
      ))}
    </div>
  );
}

/** Of each open problem what the sender, the network team and the receiver should try first. */
function OpenProblems({
  codes,
  remedies,
  search,
}: {
  codes: readonly FindingCode[];
  remedies: readonly PlaybookRemedy[];
  search: PlaybookSearch;
}) {
  return codes.map((code) => {
    const all = remedies.filter((remedy) => remedy.codes.includes(code));
    const first = all.filter((remedy, index) => all.findIndex(({ audience }) => audience === remedy.audience) === index);
    if (first.length === 0) return null;
    return (
      <section key={code} aria-label={FINDING_NAMES[code]}>
        <h2 className="mb-1.5 flex flex-wrap items-baseline gap-x-3 px-1 font-semibold">
          Open now: {FINDING_NAMES[code]}
          <Link to="/playbook" search={{ ...search, code }} className="text-sm font-normal text-accent underline-offset-2 hover:underline">
            {all.length === 1 ? "1 remedy" : `All ${all.length} remedies`}
          </Link>
        </h2>
        <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-card">
          {first.map((remedy) => (
            <Entry key={remedy.id} remedy={remedy} search={search} meant={false} withId={false} />
          ))}
        </ul>
      </section>
    );
  });
}

function Group({ name, count, open, children }: { name: string; count: number; open: boolean; children: ReactNode }) {
  return (
    <details open={open} className="group/system">
      <summary className="mb-1.5 flex list-none items-center gap-2 rounded px-1 font-semibold [&::-webkit-details-marker]:hidden">
        <ChevronRight size={17} aria-hidden className="shrink-0 text-faint transition group-open/system:rotate-90" />
        <h2>{name}</h2> <span className="text-sm font-normal text-faint">{count}</span>
      </summary>
      <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-card">{children}</ul>
    </details>
  );
}

function Entry({
  remedy,
  search,
  meant,
  withId = true,
}: {
  remedy: PlaybookRemedy;
  search: PlaybookSearch;
  meant: boolean;
  /** Links to the remedy lead here. */
  withId?: boolean;
}) {
  const [open, setOpen] = useState(meant);
  const place = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (!meant) return;
    setOpen(true);
    place.current?.scrollIntoView({ block: "start" });
  }, [meant]);
  return (
    <li id={withId ? remedy.id : undefined} ref={place} className="scroll-mt-4">
      <details open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)} className="group">
        <summary className="flex list-none items-start gap-2.5 px-4 py-3 -outline-offset-2 hover:bg-raised [&::-webkit-details-marker]:hidden">
          <ChevronRight size={17} aria-hidden className="mt-1 shrink-0 text-faint transition group-open:rotate-90" />
          <span className="min-w-0 flex-1">
            <span className="flex flex-wrap items-baseline gap-x-3">
              <span className="font-semibold wrap-anywhere">{remedy.title}</span>
              <RemedyKindMark kind={remedy.kind} />
            </span>
            <span className="mt-0.5 block text-sm text-soft">
              {AUDIENCE_NAMES[remedy.audience]} · {remedy.codes.map((code) => FINDING_NAMES[code]).join(", ")}
            </span>
          </span>
        </summary>
        {open && (
          <div className="space-y-3 border-t border-line px-4 py-4 sm:pl-11">
            <RemedyText remedy={remedy} />
            <p>
              <Link
                to="/playbook"
                search={search}
                hash={remedy.id}
                className="inline-flex items-center gap-1.5 text-sm text-accent underline-offset-2 hover:underline"
              >
                <Link2 size={15} aria-hidden /> Link to this remedy
              </Link>
            </p>
          </div>
        )}
      </details>
    </li>
  );
}

function matches(remedy: PlaybookRemedy, { code, platform, audience, text = "" }: PlaybookSearch): boolean {
  if (code !== undefined && !remedy.codes.includes(code)) return false;
  if (platform !== undefined && remedy.platform !== platform) return false;
  return (audience === undefined || remedy.audience === audience) && remedyMatches(remedy, text);
}
