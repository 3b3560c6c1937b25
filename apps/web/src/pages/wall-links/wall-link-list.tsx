import type { WallLinkSummary } from "@mxray/contracts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { Message } from "../../ui/message.tsx";
import { Time } from "../../ui/time.tsx";

/** Wall links that work, with their last use. */
export function WallLinkList() {
  const client = useQueryClient();
  const links = useQuery({ queryKey: ["wall-links"], queryFn: api.wallLinks });
  const revoke = useMutation({ mutationFn: api.revokeWallLink, onSettled: () => client.invalidateQueries({ queryKey: ["wall-links"] }) });
  const working = (links.data?.wallLinks ?? []).filter(({ revokedAt }) => revokedAt === null);
  const problem = links.error ?? revoke.error;
  if (working.length === 0 && problem === null) return null;
  return (
    <section className="mt-6 border-t border-line pt-4" aria-label="Wall links that work">
      <h3 className="mb-2 text-sm font-semibold text-soft">Wall links that work</h3>
      {problem !== null && <Message tone="bad">{problem.message}</Message>}
      <ul className="space-y-1.5">
        {working.map((link) => (
          <li key={link.id} className="flex items-center justify-between gap-3 text-sm">
            <span className="min-w-0 break-words">
              <strong className="font-semibold">{link.name}</strong>, made <Time at={link.createdAt} />, <LastUse link={link} />
            </span>
            <Button look="danger" onClick={() => revoke.mutate(link.id)} disabled={revoke.isPending} aria-label={`Revoke: ${link.name}`}>
              Revoke
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function LastUse({ link: { lastUsedAt } }: { link: WallLinkSummary }) {
  if (lastUsedAt === null) return "not used yet";
  return (
    <>
      used <Time at={lastUsedAt} show="ago" />
    </>
  );
}
