import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { LoaderCircle, Search } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { api } from "../../api/client.ts";
import { MOST, type SearchGroup, type SearchHit, searchHits } from "./search-hits.ts";

const PAUSE_MS = 120;
const LONGEST = 200;

/** One field for everything that is kept, and every page; by keyboard alone. What was searched for is not kept. */
export function SearchDialog({ onClose }: { onClose: () => void }) {
  const [typed, type] = useState("");
  const text = typed.trim();
  const asked = useLater(text);
  const found = useQuery({
    queryKey: ["search", asked],
    queryFn: () => api.search(asked),
    enabled: asked !== "",
    placeholderData: keepPreviousData,
  });
  const playbook = useQuery({ queryKey: ["playbook", 4], queryFn: () => api.playbook(4), staleTime: Number.POSITIVE_INFINITY });
  const groups = searchHits(text, text === "" ? undefined : found.data, playbook.data);
  const hits = groups.flatMap((group) => group.hits);
  const [at, go] = useState(0);
  const chosen = Math.min(at, hits.length - 1);
  const open = useOpen(onClose);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever another one is chosen
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen, typed]);

  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepOf(event.key, chosen, hits.length);
    const hit = hits[chosen];
    if (next !== null) go(next);
    else if (event.key === "Enter" && hit !== undefined && !event.nativeEvent.isComposing) open(hit, event.ctrlKey || event.metaKey);
    else return;
    event.preventDefault();
  };
  const busy = text !== "" && (text !== asked || found.isFetching);
  const nothing = text !== "" && hits.length === 0 && !busy;
  return (
    <Radix.Root open onOpenChange={(stays) => !stays && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-20 bg-black/45" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed top-[min(12vh,7rem)] left-1/2 z-30 flex max-h-[min(36rem,80vh)] w-[min(40rem,calc(100vw-1.5rem))] -translate-x-1/2 flex-col overflow-hidden rounded-2xl border border-line bg-card shadow-xl"
        >
          <Radix.Title className="sr-only">Search</Radix.Title>
          <SearchField
            busy={busy}
            list={id}
            hits={hits.length}
            chosen={chosen}
            typed={typed}
            type={(text) => {
              type(text);
              go(0);
            }}
            onKeyDown={onKeyDown}
          />
          <div id={id} ref={list} role="listbox" aria-label="Results" className="min-h-0 flex-1 overflow-y-auto p-2 empty:hidden">
            <HitGroups groups={groups} id={id} chosen={chosen} go={go} open={open} />
          </div>
          <p role="status" className={nothing || found.isError ? "px-4 py-6 text-center text-soft" : "sr-only"}>
            {found.isError ? found.error.message : nothing ? "No matches." : busy ? "" : countWords(hits.length, groups)}
          </p>
          <KeyHelp />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface SearchFieldProps {
  readonly busy: boolean;
  /** Id of the list of hits; each hit has its index behind it. */
  readonly list: string;
  readonly hits: number;
  /** Index; -1 for none. */
  readonly chosen: number;
  readonly typed: string;
  readonly type: (typed: string) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

function SearchField({ busy, list, hits, chosen, typed, type, onKeyDown }: SearchFieldProps) {
  return (
    <label className="relative block border-b-2 border-line focus-within:border-accent">
      <span className="sr-only">Host, address, finding, queue id, remedy or page</span>
      {busy ? (
        <LoaderCircle size={18} aria-hidden className="absolute top-4 left-4 animate-spin text-faint" />
      ) : (
        <Search size={18} aria-hidden className="absolute top-4 left-4 text-faint" />
      )}
      <input
        role="combobox"
        aria-expanded={hits > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={chosen < 0 ? undefined : `${list}-${chosen}`}
        value={typed}
        onChange={({ target }) => type(target.value)}
        onKeyDown={onKeyDown}
        placeholder="Host, address, finding, queue id, remedy or page"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={LONGEST}
        className="h-12.5 w-full bg-transparent pr-4 pl-12 text-base outline-none placeholder:text-faint"
      />
    </label>
  );
}

interface HitGroupsProps {
  readonly groups: readonly SearchGroup[];
  /** Of the list; each hit has its index behind it. */
  readonly id: string;
  readonly chosen: number;
  readonly go: (index: number) => void;
  readonly open: (hit: SearchHit, apart: boolean) => void;
}

function HitGroups({ groups, id, chosen, go, open }: HitGroupsProps) {
  const hits = groups.flatMap((group) => group.hits);
  return (
    <>
      {groups.map((group) => (
        // biome-ignore lint/a11y/useSemanticElements: a listbox holds groups of options, not of fields
        <div key={group.name} role="group" aria-label={group.name} className="pb-1">
          <p aria-hidden className="px-2.5 pt-1.5 pb-1 text-xs font-semibold text-faint">
            {group.name}
          </p>
          {group.hits.map((hit) => {
            const index = hits.indexOf(hit);
            return (
              <Hit
                key={`${hit.title} ${hit.detail}`}
                id={`${id}-${index}`}
                hit={hit}
                chosen={index === chosen}
                choose={() => go(index)}
                open={(apart) => open(hit, apart)}
              />
            );
          })}
        </div>
      ))}
    </>
  );
}

function KeyHelp() {
  return (
    <p aria-hidden className="hidden gap-4 border-t border-line bg-raised px-4 py-2 text-xs text-soft sm:flex">
      <span>
        <kbd>↑</kbd> <kbd>↓</kbd> choose
      </span>
      <span>
        <kbd>Enter</kbd> opens
      </span>
      <span>
        <kbd>Ctrl Enter</kbd> in a new tab
      </span>
      <span>
        <kbd>Esc</kbd> closes
      </span>
    </p>
  );
}

interface HitProps {
  readonly id: string;
  readonly hit: SearchHit;
  readonly chosen: boolean;
  readonly choose: () => void;
  /** @param apart in a new tab */
  readonly open: (apart: boolean) => void;
}

function Hit({ id, hit: { title, detail }, chosen, choose, open }: HitProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the focus and the keys
    // biome-ignore lint/a11y/useFocusableInteractive: see above
    <div
      id={id}
      role="option"
      aria-selected={chosen}
      onPointerMove={choose}
      onClick={({ ctrlKey, metaKey }) => open(ctrlKey || metaKey)}
      className={`min-w-0 cursor-pointer rounded-lg px-2.5 py-1.5 ${chosen ? "bg-accent-soft" : ""}`}
    >
      <p className="line-clamp-2 font-semibold wrap-anywhere sm:line-clamp-1">{title}</p>
      <p className="truncate text-sm text-soft">{detail}</p>
    </div>
  );
}

function useOpen(onClose: () => void) {
  const router = useRouter();
  const navigate = useNavigate();
  return ({ link, page }: SearchHit, apart: boolean) => {
    if (apart) {
      window.open(page ?? router.buildLocation(link as never).href, "_blank", "noopener");
      return;
    }
    onClose();
    if (page === undefined) void navigate(link as never);
    else window.location.assign(page);
  };
}

/** Where a key leads among so many, around the ends; null for other keys. */
function stepOf(key: string, at: number, count: number): number | null {
  if (count === 0) return null;
  if (key === "ArrowDown") return (at + 1) % count;
  return key === "ArrowUp" ? (at + count - 1) % count : null;
}

/** The text once nobody has typed for a moment. */
function useLater(text: string): string {
  const [later, set] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => set(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return later;
}

/** Where a group is full there may be more of it. */
function countWords(count: number, groups: readonly SearchGroup[]): string {
  const results = count === 1 ? "1 result" : `${count} results`;
  return groups.some(({ name, hits }) => name !== "Pages" && hits.length >= MOST) ? `${results}, at most ${MOST} of each kind` : results;
}
