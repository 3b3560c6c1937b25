import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { Message } from "../../ui/message.tsx";
import { LogSources } from "../logs/log-sources.tsx";

export function LogsSection() {
  const sources = useQuery({ queryKey: ["log-sources"], queryFn: api.logSources });
  if (sources.isPending) return <p className="py-8 text-center text-soft">Loading …</p>;
  if (sources.isError) {
    return (
      <Message tone="bad" action={<Button onClick={() => sources.refetch()}>Try again</Button>}>
        {sources.error.message}
      </Message>
    );
  }
  return <LogSources sources={sources.data.sources} />;
}
