import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { api } from "../../api/client.ts";
import { Message } from "../../ui/message.tsx";
import { Select } from "../../ui/select.tsx";
import { Time } from "../../ui/time.tsx";
import { useNow } from "../../ui/use-now.ts";

const REFRESH_MS = 10_000;
/** An agent reports at least six times as often. */
const SILENT_MS = 60_000;
const PAGES = ["/host", "/live", "/queue"] as const;

/** The title of a page about one machine, and the choice of the machine where agents report others. */
export function MachineHeader({
  title,
  page,
  agent,
  children,
}: {
  title: string;
  page: (typeof PAGES)[number];
  agent: string | undefined;
  children: ReactNode;
}) {
  const navigate = useNavigate();
  const { data } = useQuery({ queryKey: ["machines"], queryFn: api.machines, refetchInterval: REFRESH_MS });
  const names = (data?.machines ?? []).flatMap(({ agent: name }) => name ?? []);
  const shown = data?.machines.find((machine) => machine.agent === (agent ?? null));
  const now = useNow(REFRESH_MS);
  const isSilent = agent !== undefined && shown?.at != null && now - Date.parse(shown.at) > SILENT_MS;
  return (
    <>
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div>
          <h1 className="text-2xl font-bold">{title}</h1>
          <p className="mt-1 max-w-[75ch] text-soft">{children}</p>
        </div>
        {(names.length > 0 || agent !== undefined) && (
          <Select
            label="Machine"
            none="This server's machine"
            value={agent}
            options={[...new Set([...names, ...(agent === undefined ? [] : [agent])])].toSorted().map((name) => [name, name] as const)}
            change={(chosen) => void navigate({ to: page, search: { agent: chosen }, replace: true })}
          />
        )}
      </header>
      {isSilent && (
        <Message tone="warn">
          {agent} last reported <Time at={shown?.at ?? ""} show="ago" />. What is shown is from then.
        </Message>
      )}
    </>
  );
}
